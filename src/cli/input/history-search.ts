import { indexInAnyCase } from "../../base/index-in-any-case.js";
import type { History, HistoryEntry } from "./history.js";
import { chordOf, type Key } from "./key.js";

/** Looks for what was entered before, backwards and letter by letter: Ctrl-R. */
export class HistorySearch {
  readonly #history: History;
  #wanted = "";
  #found: { entry: HistoryEntry; index: number } | undefined;
  #fails = false;

  constructor(history: History) {
    this.#history = history;
  }

  /** What is found, and where in it. */
  get found(): HistoryEntry | undefined {
    return this.#found?.entry;
  }

  get prompt(): string {
    return `${this.#fails ? "nothing before has " : "search "}${JSON.stringify(this.#wanted).slice(1, -1)}: `;
  }

  /** Where what is looked for stands in what is found. */
  get cursor(): number {
    return Math.max(0, indexInAnyCase(this.#found?.entry.text ?? "", this.#wanted));
  }

  /** @returns `go-on`, or what to do with what is found: the key belongs to the draft where it is taken over. */
  take(key: Key): "go-on" | "cancel" | "take-over" {
    if (key.type === "text") return this.#look(this.#wanted + key.text, undefined);
    switch (chordOf(key)) {
      case "C-r":
        return this.#look(this.#wanted, this.#found?.index);
      case "backspace":
        return this.#look(Array.from(this.#wanted).slice(0, -1).join(""), undefined);
      case "escape":
      case "C-g":
      case "C-c":
        return "cancel";
      default:
        return "take-over";
    }
  }

  #look(wanted: string, before: number | undefined): "go-on" {
    this.#wanted = wanted;
    const found = wanted === "" ? undefined : this.#history.search(wanted, before);
    this.#fails = found === undefined && wanted !== "";
    if (found !== undefined || wanted === "") this.#found = found;
    return "go-on";
  }
}
