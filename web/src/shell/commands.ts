import { servedNames } from "../api/served-models.js";
import { focusComposer } from "../chat/composer-focus.js";
import { openConversation } from "../chat/open-conversation.js";
import { settingsOpen } from "../chat/settings-state.js";
import { conversations } from "../conversation/conversation-list.js";
import { exportJson, exportMarkdown } from "../conversation/export-conversation.js";
import type { IconName } from "../design/icon.js";
import { shelf } from "../store/shelf.js";
import { PAGES } from "./pages.js";
import { goTo, route } from "./route.js";
import { MODIFIER } from "./shortcuts.js";
import { toggleSidebar } from "./sidebar.js";
import { setTheme } from "./theme.js";

/** Something that can be done. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  /** The keys that do it. */
  readonly keys?: string;
  run(): void;
}

/** Everything that can be done here and now, and the conversations. */
export function commands(): Command[] {
  const chat = route.value.page === "chat" ? chatCommands() : [];
  return [
    { id: "new", title: "New chat", icon: "plus", keys: `${MODIFIER} ⇧ O`, run: () => goTo(["chat"]) },
    ...chat,
    ...PAGES.map(
      ({ path, title, icon }): Command => ({
        id: `page ${path}`,
        title: `Go to ${title}`,
        icon,
        run: () => goTo([path]),
      }),
    ),
    { id: "sidebar", title: "Show or hide the sidebar", icon: "sidebar", keys: `${MODIFIER} B`, run: toggleSidebar },
    ...(["system", "light", "dark"] as const).map(
      (name): Command => ({
        id: `theme ${name}`,
        title: name === "system" ? "Theme as the system" : `Theme ${name}`,
        icon: name === "system" ? "contrast" : name === "light" ? "sun" : "moon",
        run: () => setTheme(name),
      }),
    ),
    ...(conversations.value ?? []).map(
      ({ id, title }): Command => ({ id: `chat ${id}`, title, icon: "chat", run: () => goTo(["chat", id]) }),
    ),
  ];
}

function chatCommands(): Command[] {
  const conversation = openConversation.value;
  if (conversation === undefined) return [];
  const { path } = conversation;
  const last = path.value.at(-1);
  const list: Command[] = [{ id: "write", title: "Write a message", icon: "edit", keys: "/", run: focusComposer }];
  if (conversation.running.value !== undefined) {
    list.push({ id: "stop", title: "Stop the answer", icon: "stop", keys: "Esc", run: () => conversation.stop() });
  } else if (last?.kind === "answer") {
    list.push({ id: "again", title: "Answer again", icon: "retry", run: () => conversation.regenerate(last) });
  }
  list.push({
    id: "settings",
    title: "Settings of this chat",
    icon: "settings",
    run: () => {
      settingsOpen.value = true;
    },
  });
  if (last !== undefined) {
    const { title } = conversation;
    list.push(
      { id: "markdown", title: "Export as Markdown", icon: "download", run: () => exportMarkdown(title, path.value) },
      { id: "json", title: "Export as JSON", icon: "download", run: () => exportJson(title, path.value) },
    );
  }
  const models = servedNames.value ?? [];
  if (models.length > 1) {
    for (const { name } of models) {
      if (name === conversation.model) continue;
      list.push({
        id: `model ${name}`,
        title: `Answer with ${name}`,
        icon: "agent",
        run: () => conversation.change({ model: name }),
      });
    }
  }
  return list;
}

/** How many are shown where nothing is wanted yet, and of those that are found. */
const [FIRST, MOST] = [12, 40];

/** Those whose names have all the words that are wanted. */
export function namedCommands(wanted: string, all: readonly Command[]): readonly Command[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return all.slice(0, FIRST);
  return all.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word))).slice(0, MOST);
}

/** The named ones, and conversations in which what is wanted is said. */
export async function findCommands(
  wanted: string,
  all: readonly Command[],
  stopped: AbortSignal,
): Promise<readonly Command[]> {
  const named = namedCommands(wanted, all);
  if (wanted.trim().length <= 2) return named;
  const saying = await shelf.search(wanted.trim(), stopped);
  const containing = all.filter((command) => !named.includes(command) && saying.has(command.id.replace(/^chat /, "")));
  return [...named, ...containing].slice(0, MOST);
}
