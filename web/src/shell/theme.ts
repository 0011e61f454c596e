import { effect, signal } from "@preact/signals";
import { embeddedTheme } from "./embedded.js";

/** Light, dark, or what the system says. */
export type Theme = "system" | "light" | "dark";

const KEY = "sluice-theme";

function stored(): Theme {
  const value = embeddedTheme ?? localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

/** The theme. Kept in this browser. */
export const theme = signal<Theme>(stored());

effect(() => {
  const { value } = theme;
  if (value === "system") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, value);
    document.documentElement.dataset.theme = value;
  }
});
