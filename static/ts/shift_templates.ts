// Choosing a shift template fills in the times of its form. The options contain them: data-start, data-end, data-break.

const FIELDS = { start: "start_time", end: "end_time", break: "break_minutes" } as const;

export function startTemplates(): void {
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLSelectElement) || !event.target.matches("[data-template]")) {
      return;
    }
    const chosen = event.target.selectedOptions[0];
    for (const [from, to] of Object.entries(FIELDS)) {
      const field = event.target.form?.elements.namedItem(to);
      const value = chosen?.dataset[from];
      if (field instanceof HTMLInputElement && value !== undefined) {
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  });
}
