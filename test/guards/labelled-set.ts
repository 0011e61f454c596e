import { readFileSync } from "node:fs";
import type { LocaleName } from "../../src/guards/pii/scrub-options.js";

/** A value that must be found, and where it stands. */
export interface Label {
  entity: string;
  start: number;
  end: number;
}

/** A text and what is to be found in it. */
export interface LabelledText {
  locale: LocaleName;
  text: string;
  labels: Label[];
}

const MARK = /\[\[([A-Z_]+):([\s\S]*?)\]\](?!\])/g;

/** The texts of `labelled-set.txt`. */
export function labelledTexts(): LabelledText[] {
  const file = readFileSync(new URL("labelled-set.txt", import.meta.url), "utf8");
  return file
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(readLine);
}

function readLine(line: string): LabelledText {
  const tab = line.indexOf("\t");
  return { locale: line.slice(0, tab) as LocaleName, ...readMarks(line.slice(tab + 1).replaceAll("\\n", "\n")) };
}

/** Takes the marks `[[ENTITY:value]]` out of a text, and says where the values stand. */
export function readMarks(marked: string): { text: string; labels: Label[] } {
  const labels: Label[] = [];
  let text = "";
  let from = 0;
  for (const match of marked.matchAll(MARK)) {
    const [whole, entity = "", value = ""] = match;
    text += marked.slice(from, match.index);
    labels.push({ entity, start: text.length, end: text.length + value.length });
    text += value;
    from = match.index + whole.length;
  }
  return { text: text + marked.slice(from), labels };
}
