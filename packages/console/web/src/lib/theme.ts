export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** What the person chose on this device. */
export function chosenTheme(): Theme {
  return themes.find((theme) => theme === localStorage.getItem("theme")) ?? "system";
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem("theme", theme);
  showTheme();
}

/** `color-scheme` picks of every `light-dark()` of the style sheets. */
export function showTheme(): void {
  document.documentElement.dataset.theme = chosenTheme();
}
