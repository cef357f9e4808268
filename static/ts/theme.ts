// Loaded before the first paint: a page set to "as the device" is dark at once where the device is.

const root = document.documentElement;

if (root.dataset["theme"] === "auto") {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    root.dataset["bsTheme"] = dark.matches ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
}
