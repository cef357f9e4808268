// Small parts of pages, built by scripts. Text is inserted as text, never as markup.

type Child = Node | string;

export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, value);
  }
  element.append(...children);
  return element;
}

/** An icon of the page's sprite. */
export function icon(name: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  const sprite = document.querySelector("svg use")?.getAttribute("href")?.split("#")[0] ?? "";
  use.setAttribute("href", `${sprite}#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function button(label: string, iconName: string, attributes: Record<string, string> = {}): HTMLButtonElement {
  return make("button", { type: "button", class: "btn btn-sm btn-outline-secondary", ...attributes }, icon(iconName), label);
}

/** A button with an icon. Its label names the action and its object for people who do not see the icon. */
export function iconButton(label: string, iconName: string, what: string, attributes: Record<string, string> = {}): HTMLButtonElement {
  const named = { type: "button", class: "btn btn-sm btn-icon btn-ghost-secondary", title: label, "aria-label": `${label}: ${what}` };
  return make("button", { ...named, ...attributes }, icon(iconName));
}
