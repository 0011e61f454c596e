import { Burst } from "./burst.js";
import { type Complete, listed, sharedBeginning } from "./completion.js";
import { Draft } from "./draft.js";
import { EditKeys } from "./edit-keys.js";
import { EntryQueue } from "./entry-queue.js";
import type { History, HistoryEntry } from "./history.js";
import { HistorySearch } from "./history-search.js";
import { chordOf, type Key } from "./key.js";
import { PromptView } from "./prompt-view.js";
import { type Entry, readEntry } from "./read-entry.js";
import type { Screen } from "./screen.js";
import type { TypedInput } from "./typed-input.js";

/** What an editor needs. */
export interface LineEditorOptions {
  screen: Screen;
  colour: boolean;
  history: History;
  complete: Complete;
  /** Ctrl-C and Ctrl-Z, which are for the program. */
  onInterrupt(): void;
  onSuspend(): void;
  /** For tests: a clock in ms. */
  now?: () => number;
}

const PROMPT = "› ";
const CONTINUATION = "… ";

/** Text that follows so soon on lines that came at once belongs to them. */
const BURST_MS = 50;

/** What was entered and waits. */
interface Waiting {
  entry: Entry;
  written: HistoryEntry;
}

/**
 * Writes at a prompt: several lines, history, completion. Nothing is shown while nobody asks for an entry, so what is typed meanwhile does
 * not stand in what is printed; it stands in the prompt afterwards.
 */
export class LineEditor implements TypedInput {
  knowsHowToLeave = false;
  readonly #options: LineEditorOptions;
  readonly #view: PromptView;
  readonly #now: () => number;
  readonly #edit = new EditKeys();
  #draft = new Draft();
  #search: HistorySearch | undefined;
  readonly #entries = new EntryQueue<Waiting>();
  #asked: { isQuestion: boolean; resolve: (entry: Entry | undefined) => void } | undefined;
  #isClosed = false;
  #isHidden = false;
  /** Keys that came while a completion is looked for. */
  #waiting: Key[] | undefined;
  /** When lines came at once that nobody can have typed. */
  #burstAt = Number.NEGATIVE_INFINITY;

  constructor(options: LineEditorOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#view = new PromptView(options.screen, options.colour);
  }

  next(): Promise<Entry | undefined> {
    const first = this.#entries.shift();
    if (first === undefined) return this.#ask(false);
    this.#view.show(contentOf(first.written.text));
    this.#view.finish();
    return Promise.resolve(first.entry);
  }

  async ask(): Promise<string | undefined> {
    const draft = this.#draft;
    this.#draft = new Draft();
    const entry = await this.#entries.setAside(() => this.#ask(true));
    this.#draft = draft;
    return entry?.text;
  }

  forget(): number {
    return this.#entries.clear();
  }

  clear(): boolean {
    if (this.#search !== undefined) {
      this.#search = undefined;
      this.#paint();
      return true;
    }
    if (this.#draft.text === "") return false;
    this.#edit.clear(this.#draft);
    this.#options.history.leave();
    this.#paint();
    return true;
  }

  say(text: string): void {
    // What is printed meanwhile may end anywhere in a line.
    const begin = this.#view.isShown ? "" : "\r\n";
    this.#view.erase();
    this.#options.screen.write(`${begin}${text.replaceAll("\n", "\r\n")}\r\n`);
    this.#paint();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#asked === undefined) return;
    this.#view.finish();
    this.#answer(undefined);
  }

  /** The prompt is not on the screen for a while: something else is. */
  hide(): void {
    this.#view.erase();
    this.#isHidden = true;
  }

  /** Shows the prompt again. */
  reveal(): void {
    this.#isHidden = false;
    this.#paint();
  }

  /** Something else was written on the screen: shows the prompt below it. */
  renew(): void {
    this.#view.finish();
    this.#paint();
  }

  /** The window has another size. */
  resize(): void {
    this.#view.resize();
  }

  /** Takes keys that were read at once. */
  take(keys: readonly Key[]): void {
    if (this.#waiting !== undefined && !keys.some((key) => chordOf(key) === "C-c")) {
      this.#waiting.push(...keys);
      return;
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#takeAll([...waiting, ...keys]);
  }

  #takeAll(keys: readonly Key[]): void {
    // An Enter on its own is pressed.
    const isPressed = keys.length === 1 && keys.every((key) => chordOf(key) === "enter");
    const burst = new Burst(keys, this.#draft, !isPressed && this.#now() - this.#burstAt < BURST_MS);
    for (const [index, key] of keys.entries()) {
      if (this.#waiting !== undefined) {
        this.#waiting.push(...keys.slice(index));
        break;
      }
      if (chordOf(key) !== "C-c") this.knowsHowToLeave = false;
      this.#takeOne(key, index, burst);
    }
    if (burst.isUnmarked) this.#burstAt = this.#now();
    this.#paint();
  }

  #takeOne(key: Key, index: number, burst: Burst): void {
    if (this.#search !== undefined && !this.#takeInSearch(this.#search, key)) return;
    if (key.type === "paste") {
      this.#draft.insert(key.text, true);
      burst.pasted();
      return;
    }
    if (key.type === "text") {
      this.#draft.insert(key.text, burst.isPaste);
      return;
    }
    const chord = chordOf(key);
    // A line feed is what a line that was typed before we listened ends with, and what programs send that type.
    if (chord === "enter" || chord === "C-j") this.#enter(index, burst);
    else if (!this.#takeCommand(chord)) this.#edit.apply(chord, this.#draft);
  }

  /** @returns whether the key belongs to the draft. */
  #takeInSearch(search: HistorySearch, key: Key): boolean {
    const what = search.take(key);
    if (what === "go-on") return false;
    this.#search = undefined;
    if (what === "take-over" && search.found !== undefined) this.#draft.set(search.found.text, search.found.pasted);
    return what === "take-over";
  }

  /** Keys that are not for the draft. @returns `false` for the others. */
  #takeCommand(chord: string): boolean {
    const { history } = this.#options;
    const isVisible = this.#asked !== undefined;
    switch (chord) {
      case "C-c":
        this.#options.onInterrupt();
        return true;
      case "C-z":
        this.#options.onSuspend();
        return true;
      case "C-d":
        if (this.#draft.text !== "") return false;
        this.close();
        return true;
      case "C-l":
        if (isVisible) this.#view.clear();
        return true;
      case "C-r":
        if (isVisible) this.#search = new HistorySearch(history);
        return true;
      case "tab":
        if (isVisible) this.#complete();
        return true;
      case "up":
      case "C-p":
        if (isVisible && !this.#draft.moveLine(-1)) this.#recall(-1);
        return true;
      case "down":
      case "C-n":
        if (isVisible && !this.#draft.moveLine(1)) this.#recall(1);
        return true;
      default:
        return false;
    }
  }

  #recall(by: -1 | 1): void {
    if (this.#asked?.isQuestion) return;
    const entry = this.#options.history.move(by, writtenIn(this.#draft));
    if (entry !== undefined) this.#draft.set(entry.text, entry.pasted);
  }

  #enter(index: number, burst: Burst): void {
    const isQuestion = this.#asked?.isQuestion === true;
    if (burst.isLineEnd(index)) {
      if (!burst.isSecondHalf(index)) this.#draft.insert("\n", true);
      return;
    }
    const entry = isQuestion ? ({ kind: "message", text: this.#draft.text } as const) : readEntry(this.#draft);
    if (entry === undefined) {
      this.#draft.insert("\n");
      return;
    }
    if (!isQuestion && this.#draft.continueLine()) return;
    if (burst.goesOn(index)) {
      burst.become(this.#draft);
      this.#draft.insert("\n", true);
      return;
    }
    this.#enterDraft(entry, isQuestion);
  }

  #enterDraft(entry: Entry, isQuestion: boolean): void {
    const written = writtenIn(this.#draft);
    this.#draft.moveTo(written.text.length);
    if (!isQuestion && entry.text.trim() === "") {
      this.#draft.set("");
      return;
    }
    this.#paint();
    this.#draft = new Draft();
    if (!isQuestion) this.#options.history.add(written);
    if (this.#asked === undefined) this.#entries.push({ entry, written });
    else {
      this.#view.finish();
      this.#answer(entry);
    }
  }

  #ask(isQuestion: boolean): Promise<Entry | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#asked = { isQuestion, resolve };
      this.#paint();
    });
  }

  #answer(entry: Entry | undefined): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#search = undefined;
    asked?.resolve(entry);
  }

  #paint(): void {
    if (this.#asked === undefined || this.#isHidden) return;
    const { text, cursor } = this.#draft;
    if (this.#search === undefined) this.#view.show(contentOf(text, cursor));
    else {
      const { prompt, found, cursor: at } = this.#search;
      this.#view.show({ ...contentOf(found?.text ?? "", at), prompt });
    }
  }

  #complete(): void {
    const { text, cursor } = this.#draft;
    const waiting: Key[] = [];
    this.#waiting = waiting;
    const goOn = (act: () => void) => {
      // Ctrl-C has given it up.
      if (this.#waiting !== waiting) return;
      this.#waiting = undefined;
      act();
      this.#takeAll(waiting);
    };
    this.#options.complete(text.slice(0, cursor)).then(
      (found) => goOn(() => found !== undefined && this.#putIn(found.from, cursor, found.values)),
      () => goOn(() => {}),
    );
  }

  #putIn(from: number, to: number, values: readonly string[]): void {
    const [only, ...others] = values;
    if (only === undefined) return;
    const written = this.#draft.text.slice(from, to);
    const value = others.length > 0 ? sharedBeginning(values) : /[/\\]$/.test(only) ? only : `${only} `;
    if (value.length > written.length || others.length === 0) this.#draft.replace(from, to, value);
    else this.say(listed(values, this.#options.screen.columns));
  }
}

function writtenIn(draft: Draft): HistoryEntry {
  return { text: draft.text, pasted: !draft.isTyped(0, 1) && draft.text !== "" };
}

function contentOf(text: string, cursor = text.length) {
  return { prompt: PROMPT, continuation: CONTINUATION, text, cursor };
}
