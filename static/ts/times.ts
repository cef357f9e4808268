// A time typed as 830, 0830 or 8.30 becomes 08:30 when the field loses the focus; invalid text stays as typed.

import { formatTime, parseTime } from "./civil.ts";

export function startTimes(): void {
  document.addEventListener("focusout", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches("[data-time]")) {
      normalize(event.target);
    }
  });
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target instanceof HTMLFormElement) {
        // `elements`, not the descendants of the form: a row's fields are in other cells than their form.
        [...event.target.elements].filter((field) => field instanceof HTMLInputElement && field.matches("[data-time]")).forEach((field) => normalize(field as HTMLInputElement));
      }
    },
    { capture: true },
  );
}

function normalize(field: HTMLInputElement): void {
  const time = parseTime(field.value);
  if (time.ok) {
    field.value = formatTime(time.value);
  }
}
