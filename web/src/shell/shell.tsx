import { useEffect } from "preact/hooks";
import { loadServedNames } from "../api/served-models.js";
import { Announcer } from "../chat/announcer.js";
import { ConversationList } from "../chat/conversation-list-view.js";
import { followTabs } from "../chat/follow-tabs.js";
import { loadConversations } from "../conversation/conversation-list.js";
import { Icon } from "../design/icon.js";
import { loadServedSound } from "../voice/served-sound.js";
import { embedded } from "./embedded.js";
import { KeyDialog } from "./key-dialog.js";
import type { Page } from "./page.js";
import { PageView } from "./page-view.js";
import { PAGES } from "./pages.js";
import { Palette } from "./palette.js";
import { paletteOpen } from "./palette-state.js";
import { goTo, hrefOf, route } from "./route.js";
import { listenToShortcuts, MODIFIER } from "./shortcuts.js";
import { leaveSidebar, sidebarOpen, toggleSidebar } from "./sidebar.js";
import { ThemeButton } from "./theme-button.js";
import "./shell.css";

/** What every page stands in: the sidebar with the navigation, the page, and what may stand over both. */
export function Shell() {
  const { page: path, rest } = route.value;
  const page = PAGES.find((one) => one.path === path) ?? PAGES[0];
  useEffect(() => {
    void loadServedNames();
    void loadConversations();
    void loadServedSound();
    const leave = [listenToShortcuts(), followTabs()];
    return () => {
      for (const one of leave) one();
    };
  }, []);
  if (page === undefined) return null;
  if (embedded) return <Alone page={page} rest={rest} />;
  return (
    <div class={sidebarOpen.value ? "shell" : "shell closed"}>
      <button type="button" class="skip-link" onClick={() => document.getElementById("main")?.focus()}>
        To the content
      </button>
      <Sidebar page={page} />
      <button type="button" class="scrim" aria-label="Close the sidebar" onClick={toggleSidebar} tabIndex={-1} />
      <main id="main" class="main" tabIndex={-1}>
        <PageView key={page.path} page={page} rest={rest} />
      </main>
      <Palette />
      <KeyDialog />
      <Announcer />
    </div>
  );
}

function Sidebar({ page }: { page: Page }) {
  return (
    <aside class="sidebar" aria-label="Sidebar">
      <div class="brand">
        <Brand />
        <span>Sluice</span>
        <ThemeButton />
        <button
          type="button"
          class="icon-button close-sidebar"
          aria-label="Close the sidebar"
          title="Close the sidebar"
          onClick={toggleSidebar}
        >
          <Icon name="sidebar" />
        </button>
      </div>
      <SidebarActions />
      <nav class="pages" aria-label="Pages">
        {PAGES.map(({ path: to, title, icon }) => (
          <a
            key={to}
            class="nav-link"
            href={hrefOf(to)}
            aria-current={to === page.path ? "page" : undefined}
            onClick={leaveSidebar}
          >
            <Icon name={icon} />
            {title}
          </a>
        ))}
      </nav>
      <ConversationList />
    </aside>
  );
}

function SidebarActions() {
  return (
    <div class="sidebar-actions">
      <button
        type="button"
        class="button"
        onClick={() => {
          goTo(["chat"]);
          leaveSidebar();
        }}
      >
        <Icon name="plus" />
        New chat
      </button>
      <button
        type="button"
        class="button palette-button"
        aria-label="Search and commands"
        title={`Search and commands (${MODIFIER} K)`}
        onClick={() => {
          paletteOpen.value = true;
        }}
      >
        <Icon name="search" />
      </button>
    </div>
  );
}

/** Within another page: the page alone. */
function Alone({ page, rest }: { page: Page; rest: readonly string[] }) {
  return (
    <div class="shell closed">
      <main id="main" class="main" tabIndex={-1}>
        <PageView key={page.path} page={page} rest={rest} />
      </main>
      <Palette />
      <KeyDialog />
      <Announcer />
    </div>
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
