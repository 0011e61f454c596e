import { computed, effect, signal } from "@preact/signals";
import { type KeptText, keptText } from "../store/kept-text.js";
import { embeddedTheme } from "./embedded.js";

/** Light, dark, or what the system says. */
export type Theme = "system" | "light" | "dark";

/** What another page wants is not the user's choice: it is not kept. */
function passing(theme: string): KeptText {
  const text = signal(theme);
  return {
    text,
    keep(chosen) {
      text.value = chosen;
    },
  };
}

const kept = embeddedTheme === null ? keptText("sluice-theme") : passing(embeddedTheme);

/** The theme. Kept in this browser. */
export const theme = computed<Theme>(() => {
  const { value } = kept.text;
  return value === "light" || value === "dark" ? value : "system";
});

/** Takes another one. */
export function setTheme(chosen: Theme): void {
  kept.keep(chosen === "system" ? "" : chosen);
}

effect(() => {
  const { value } = theme;
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
});
