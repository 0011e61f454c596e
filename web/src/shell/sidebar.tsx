import { signal } from "@preact/signals";
import { focusAfter } from "../design/focus-after.js";
import { Icon } from "../design/icon.js";
import { embedded } from "./embedded.js";

const WIDE = matchMedia("(min-width: 56rem)");

/** Whether the sidebar is shown: beside the page where it is wide, over it where it is narrow. */
export const sidebarOpen = signal(WIDE.matches && !embedded);

WIDE.addEventListener("change", ({ matches }) => {
  sidebarOpen.value = matches && !embedded;
});

/** Shows the sidebar, or hides it. */
export function toggleSidebar(): void {
  sidebarOpen.value = !sidebarOpen.value;
  // The button that has done it is not there any more; its twin is.
  const twin = sidebarOpen.value ? ".sidebar .close-sidebar" : ".open-sidebar";
  focusAfter(() => document.querySelector<HTMLElement>(twin));
}

/** Where it covers the page, it goes when a place was chosen in it. */
export function leaveSidebar(): void {
  if (!WIDE.matches) sidebarOpen.value = false;
}

/** Opens the sidebar where it is closed; pages show it at the left of their heads. */
export function SidebarButton() {
  if (sidebarOpen.value || embedded) return null;
  return (
    <button
      type="button"
      class="icon-button open-sidebar"
      aria-label="Open the sidebar"
      title="Open the sidebar"
      onClick={toggleSidebar}
    >
      <Icon name="sidebar" />
    </button>
  );
}
