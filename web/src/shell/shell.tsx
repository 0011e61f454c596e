import { signal } from "@preact/signals";
import { Icon } from "../design/icon.js";
import { PageView } from "./page-view.js";
import { PAGES } from "./pages.js";
import { hrefOf, route } from "./route.js";
import "./shell.css";

/** Whether the sidebar is shown: beside the page where it is wide, over it where it is narrow. */
export const sidebarOpen = signal(matchMedia("(min-width: 56rem)").matches);

/** What every page stands in: the sidebar with the navigation, and the page. */
export function Shell() {
  const { page: path, rest } = route.value;
  const page = PAGES.find((one) => one.path === path) ?? PAGES[0];
  if (page === undefined) return null;
  return (
    <div class={sidebarOpen.value ? "shell" : "shell closed"}>
      <button type="button" class="skip-link" onClick={() => document.getElementById("main")?.focus()}>
        To the content
      </button>
      <aside class="sidebar" aria-label="Sidebar">
        <div class="brand">
          <Brand />
          <span>Sluice</span>
          <button type="button" class="icon-button" aria-label="Close the sidebar" onClick={toggleSidebar}>
            <Icon name="sidebar" />
          </button>
        </div>
        <nav aria-label="Pages">
          {PAGES.map(({ path: to, title, icon }) => (
            <a key={to} class="nav-link" href={hrefOf(to)} aria-current={to === page.path ? "page" : undefined}>
              <Icon name={icon} />
              {title}
            </a>
          ))}
        </nav>
      </aside>
      <button type="button" class="scrim" aria-label="Close the sidebar" onClick={toggleSidebar} tabIndex={-1} />
      <main id="main" class="main" tabIndex={-1}>
        <PageView key={page.path} page={page} rest={rest} />
      </main>
    </div>
  );
}

/** Opens the sidebar where it is closed; pages show it at the left of their heads. */
export function SidebarButton() {
  if (sidebarOpen.value) return null;
  return (
    <button type="button" class="icon-button" aria-label="Open the sidebar" onClick={toggleSidebar}>
      <Icon name="sidebar" />
    </button>
  );
}

function Brand() {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M5 10c3.7-3.2 7.3-3.2 11 0s7.3 3.2 11 0" />
      <path d="M5 16.5c3.7-3.2 7.3-3.2 11 0s7.3 3.2 11 0" />
      <path d="M5 23c3.7-3.2 7.3-3.2 11 0s7.3 3.2 11 0" />
    </svg>
  );
}

function toggleSidebar(): void {
  sidebarOpen.value = !sidebarOpen.value;
}
