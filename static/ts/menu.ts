// The side bar on a narrow screen, and the user menu.

export function startMenu(): void {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const toggler = target?.closest("[data-toggle-menu]");
    if (toggler) {
      const isOpen = toggler.getAttribute("aria-expanded") !== "true";
      toggler.setAttribute("aria-expanded", String(isOpen));
      document.getElementById(toggler.getAttribute("aria-controls") ?? "")?.classList.toggle("show", isOpen);
    }
    for (const menu of openMenus()) {
      if (!target || !menu.contains(target)) {
        menu.open = false;
      }
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of openMenus()) {
        menu.open = false;
        menu.querySelector("summary")?.focus();
      }
    }
  });
}

function openMenus(): Iterable<HTMLDetailsElement> {
  return document.querySelectorAll<HTMLDetailsElement>("details.user-menu[open]");
}
