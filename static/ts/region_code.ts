// The code of a new region follows its name until the user types another code. Same rule as `code_of_name` in
// src/regions/offices.rs, which creates the code if this script does not run.

import { fold } from "./fold.ts";

const MAX_CODE = 31;

/** `İzmir Çiğli` becomes `izmir_cigli`; empty if the name has no letter to begin with. */
export function codeOfName(name: string): string {
  const words = fold(name)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return words
    .join("_")
    .replace(/^[^a-z]+/, "")
    .slice(0, MAX_CODE)
    .replace(/_+$/, "");
}

export function startRegionCode(): void {
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) {
      return;
    }
    if (target.matches("[data-code]")) {
      target.dataset["code"] = target.value === "" ? "" : "typed";
      return;
    }
    const code = target.matches("[data-code-source]") ? target.form?.querySelector<HTMLInputElement>("[data-code]") : null;
    if (code && code.dataset["code"] !== "typed") {
      code.value = codeOfName(target.value);
    }
  });
}
