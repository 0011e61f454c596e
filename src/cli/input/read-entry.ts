import type { Draft } from "./draft.js";

/** What was entered. */
export interface Entry {
  kind: "message" | "command";
  text: string;
}

/** Begins and ends a text of several lines. */
const BLOCK = '"""';
/** A block, which may be the argument of a command. */
const BLOCK_BEGIN = /^(\/[a-z?][\w-]*[ \t]+)?"""/i;
/** The name of a command; a path has a slash in its first word. */
const COMMAND = /^\/(?![^\s/]*\/)/;

/**
 * What a draft says once Enter is pressed; `undefined` where a block is open, which goes on in the next line. Only what was typed is a
 * sign: what is pasted is a message, or the argument of the command that was typed before it.
 */
export function readEntry(draft: Draft): Entry | undefined {
  const { text } = draft;
  const [begin, command = ""] = BLOCK_BEGIN.exec(text) ?? [];
  if (begin !== undefined && draft.isTyped(0, begin.length)) {
    const inside = contentOfBlock(draft, begin.length);
    if (inside === undefined) return undefined;
    return command === "" ? { kind: "message", text: inside } : { kind: "command", text: command + inside };
  }
  if (!draft.isTyped(0, 1) || !text.startsWith("/")) return { kind: "message", text };
  if (text.startsWith("//")) return { kind: "message", text: text.slice(1) };
  return { kind: COMMAND.test(text) && !text.startsWith("/call ") ? "command" : "message", text };
}

function contentOfBlock(draft: Draft, from: number): string | undefined {
  const text = draft.text.trimEnd();
  const end = text.length - BLOCK.length;
  if (end < from || !text.endsWith(BLOCK) || !draft.isTyped(end, text.length)) return undefined;
  return text.slice(from, end).replace(/^\n/, "").replace(/\n$/, "");
}
