// Messages at the corner. They leave by themselves, but not under the pointer or the focus, and not while their own form is sent.

const SHORT_MS = 6_000;
const LONG_MS = 12_000; // time enough for "Geri al"

const timers = new WeakMap<Element, number>();

interface Options {
  tone?: "danger" | "info";
  sticky?: boolean;
  /** Adds the way to the sign-in page. */
  signIn?: boolean;
  /** Adds another way. */
  link?: { href: string; text: string; download?: string };
}

/** Shows a message. `sticky` ones stay until closed. */
export function showToast(sentence: string, options: Options = {}): void {
  const area = document.getElementById("toasts");
  const blank = document.querySelector<HTMLTemplateElement>("#toast-blank")?.content.firstElementChild;
  if (!area || !blank || sentence === "") {
    return;
  }
  for (const shown of area.querySelectorAll(".toast-text")) {
    if (shown.textContent === sentence) {
      shown.closest("[data-toast]")?.remove();
    }
  }
  const toast = blank.cloneNode(true) as HTMLElement;
  toast.dataset["tone"] = options.tone ?? "danger";
  if (options.sticky) {
    toast.dataset["sticky"] = "";
  }
  const words = toast.querySelector(".toast-text");
  if (words) {
    words.textContent = sentence;
  }
  const link = toast.querySelector("a");
  if (link && options.signIn) {
    link.hidden = false;
  } else if (link && options.link) {
    const { href, text, download } = options.link;
    Object.assign(link, { hidden: false, href, textContent: text, target: "" }, download === undefined ? {} : { download });
  }
  area.append(toast);
}

export function startToasts(): void {
  const area = document.getElementById("toasts");
  if (!area) {
    return;
  }
  area.querySelectorAll("[data-toast]").forEach(arm);
  new MutationObserver((changes) => {
    changes.flatMap((change) => [...change.addedNodes]).forEach((node) => node instanceof Element && arm(node));
  }).observe(area, { childList: true });
  area.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-dismiss]")) {
      event.target.closest("[data-toast]")?.remove();
    }
  });
  area.addEventListener("rainstaff:saved", (event) => {
    if (event.target instanceof Element) {
      event.target.closest("[data-toast]")?.remove();
    }
  });
}

function arm(toast: Element): void {
  if (toast.hasAttribute("data-sticky")) {
    return;
  }
  const duration = toast.querySelector("form") ? LONG_MS : SHORT_MS;
  const stop = (): void => clearTimeout(timers.get(toast));
  const start = (): void => {
    stop();
    timers.set(toast, setTimeout(() => leave(toast, start), duration));
  };
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("submit", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}

function leave(toast: Element, later: () => void): void {
  if (toast.matches(":hover, :focus-within") || toast.querySelector("form[data-failed]")) {
    later();
  } else {
    toast.remove();
  }
}
