import { type Signal, signal } from "@preact/signals";

const PREFIX = "sluice-draft-";
/** What is written in a conversation that is not kept yet is kept under this name. */
const NEW = "new";

const drafts = new Map<string, Signal<string>>();

/** What is written and not sent, by conversation; kept in this browser. `isNew` where there is no message yet. */
export function draftOf(conversation: string, isNew: boolean): Signal<string> {
  let draft = drafts.get(conversation);
  if (draft === undefined) {
    draft = signal(localStorage.getItem(PREFIX + (isNew ? NEW : conversation)) ?? "");
    drafts.set(conversation, draft);
  }
  return draft;
}

/** Puts a text in the place of what is written. */
export function setDraft(conversation: string, text: string, isNew = true): void {
  draftOf(conversation, isNew).value = text;
  keepDraft(conversation, text, isNew);
}

/** Keeps what is written. */
export function keepDraft(conversation: string, text: string, isNew: boolean): void {
  const name = PREFIX + (isNew ? NEW : conversation);
  if (text === "") localStorage.removeItem(name);
  else localStorage.setItem(name, text);
}
