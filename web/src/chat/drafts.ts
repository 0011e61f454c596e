import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type KeptText, keptText, tabText } from "../store/kept-text.js";
import type { GivenFile } from "../store/records.js";

const PREFIX = "sluice-draft-";

/** That of chats without a message. */
const unbegun = tabText(`${PREFIX}new`);
const drafts = new Map<string, KeptText>();
const files = new Map<string, Signal<readonly GivenFile[]>>();

/** What is written and not sent, by conversation; kept in this browser. `isNew` where there is no message yet. */
export function draftOf(conversation: string, isNew: boolean): ReadonlySignal<string> {
  return kept(conversation, isNew).text;
}

/** Puts a text in the place of what is written, and keeps it. */
export function setDraft(conversation: string, text: string, isNew = true): void {
  kept(conversation, isNew).keep(text);
}

/** The files that are to be sent with it, as long as the page is there. */
export function draftFilesOf(conversation: string): Signal<readonly GivenFile[]> {
  let given = files.get(conversation);
  if (given === undefined) {
    given = signal([]);
    files.set(conversation, given);
  }
  return given;
}

function kept(conversation: string, isNew: boolean): KeptText {
  if (isNew) return unbegun;
  let draft = drafts.get(conversation);
  if (draft === undefined) {
    draft = keptText(PREFIX + conversation);
    drafts.set(conversation, draft);
  }
  return draft;
}
