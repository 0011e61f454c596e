import { focusComposer } from "../chat/composer-focus.js";
import { openConversation } from "../chat/open-conversation.js";
import { isComposing } from "../design/enter-key.js";
import { stopSpeaking } from "../voice/speaking.js";
import { paletteOpen } from "./palette-state.js";
import { goTo } from "./route.js";
import { toggleSidebar } from "./sidebar.js";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** The key that commands are given with, as people call it. */
export const MODIFIER = MAC ? "⌘" : "Ctrl";

/** Listens to the keys that work everywhere. Returns how to leave. */
export function listenToShortcuts(): () => void {
  addEventListener("keydown", onKeyDown);
  return () => removeEventListener("keydown", onKeyDown);
}

function onKeyDown(event: KeyboardEvent): void {
  if (isComposing(event)) return;
  const modified = MAC ? event.metaKey : event.ctrlKey;
  if (modified && event.key.toLowerCase() === "k") take(event, () => (paletteOpen.value = !paletteOpen.value));
  else if (modified && event.shiftKey && event.key.toLowerCase() === "o") take(event, () => goTo(["chat"]));
  else if (modified && event.key.toLowerCase() === "b") take(event, toggleSidebar);
  else if (event.key === "Escape" && !isOver(event.target)) {
    stopSpeaking();
    openConversation.peek()?.stop();
  } else if (event.key === "/" && !isTyping(event.target)) take(event, focusComposer);
}

function take(event: KeyboardEvent, run: () => unknown): void {
  event.preventDefault();
  run();
}

/** Within what stands over the page, Escape closes that. */
function isOver(target: EventTarget | null): boolean {
  return (
    document.querySelector("dialog[open], :popover-open") !== null ||
    (target instanceof Element && target.closest(".question-editor") !== null)
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
