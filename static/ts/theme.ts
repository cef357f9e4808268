// Loaded before the first paint: a page set to "as the device" is dark at once if the device is.

const root = document.documentElement;

if (root.dataset["theme"] === "auto") {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    root.dataset["bsTheme"] = dark.matches ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
}

// Printing always uses the light theme: paper is white.
let onScreen: string | undefined;
addEventListener("beforeprint", () => {
  onScreen = root.dataset["bsTheme"];
  root.dataset["bsTheme"] = "light";
});
addEventListener("afterprint", () => {
  if (onScreen) root.dataset["bsTheme"] = onScreen;
});
