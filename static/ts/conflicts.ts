// Keys of the conflict inbox: up and down move between conflicts, 1 and 2 focus a choice, Enter confirms it.

export function startConflicts(): void {
  document.addEventListener("keydown", (event) => {
    const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-conflict]")];
    const typing = event.target instanceof Element && event.target.closest("input:not([type=hidden]), textarea, select, dialog");
    if (forms.length === 0 || typing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) {
      return;
    }
    const at = forms.findIndex((form) => form.contains(document.activeElement));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = at < 0 ? 0 : Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), forms.length - 1);
      choose(forms[next], "1", event);
    } else if (event.key === "1" || event.key === "2") {
      choose(forms[Math.max(at, 0)], event.key, event);
    }
  });
}

function choose(form: HTMLFormElement | undefined, choice: string, event: KeyboardEvent): void {
  const button = form?.querySelector<HTMLButtonElement>(`[data-choice="${choice}"]`);
  if (button) {
    event.preventDefault();
    button.focus();
  }
}
