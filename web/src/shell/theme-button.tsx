import { Icon, type IconName } from "../design/icon.js";
import { setTheme, type Theme, theme } from "./theme.js";

const NEXT: Readonly<Record<Theme, { next: Theme; icon: IconName; label: string }>> = {
  system: { next: "light", icon: "contrast", label: "Theme: as the system" },
  light: { next: "dark", icon: "sun", label: "Theme: light" },
  dark: { next: "system", icon: "moon", label: "Theme: dark" },
};

/** Goes from one theme to the next. */
export function ThemeButton() {
  const { next, icon, label } = NEXT[theme.value];
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={() => setTheme(next)}>
      <Icon name={icon} />
    </button>
  );
}
