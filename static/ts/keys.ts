// Keys of every page: `/` goes to the search, `?` shows the keys; if the page has a form for a new entry, `N` goes to
// it. Single-letter keys can be switched off (WCAG 2.1.4).

const SETTING = "rainstaff-single-keys";

export function startKeys(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#keys");
  const choice = document.querySelector<HTMLInputElement>("#keys-on");
  if (choice) {
    choice.checked = areOn();
    choice.addEventListener("change", () => localStorage.setItem(SETTING, choice.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || !areOn()) {
      return;
    }
    if (event.key === "/") {
      const search = document.querySelector<HTMLInputElement>("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key.toLowerCase() === "n" && !dialog?.open) {
      const field = document.querySelector<HTMLElement>("[data-new-entry] :is(select, input:not([type=hidden]))");
      if (field) {
        event.preventDefault();
        field.focus();
      }
    } else if (event.key === "?" && dialog && !dialog.open) {
      event.preventDefault();
      dialog.showModal();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-open-keys]")) {
      dialog?.showModal();
    }
  });
}

function areOn(): boolean {
  return localStorage.getItem(SETTING) !== "off";
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");
}
