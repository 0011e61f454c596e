import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isJsonObject } from "../../../base/json.js";
import { messageOf, SluiceError } from "../../../stream/error.js";
import type { NewFact } from "./fact-store.js";

/** A line of the file. */
export type FactEntry = { scope: string; fact: NewFact } | { scope: string; deleted: string };

/** Facts as a file of JSON lines that only grows: a deletion is a line of its own, so a write that breaks off loses only itself. */
export class FactFile {
  readonly #path: string;
  /** Appends go one after the other. */
  #last: Promise<void> = Promise.resolve();
  /** Set where the last line was cut by a process that ended. */
  #cut = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {SluiceError} `store-failed` for a file that cannot be read, or has another form. */
  async read(): Promise<FactEntry[]> {
    let text: string;
    try {
      text = await readFile(this.#path, "utf8");
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
      throw new SluiceError("store-failed", `the facts in ${this.#path}: ${messageOf(cause)}`, { cause });
    }
    const lines = text.split("\n");
    const last = lines.pop() ?? "";
    this.#cut = last !== "";
    return lines.flatMap((line, index) => (line === "" ? [] : [this.#entry(line, index)]));
  }

  /** @throws {SluiceError} `store-failed`. */
  append(entries: readonly FactEntry[]): Promise<void> {
    if (entries.length === 0) return Promise.resolve();
    const written = this.#last.then(() => this.#write(entries));
    this.#last = written.catch(() => {});
    return written;
  }

  /** When all that was appended is written. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #write(entries: readonly FactEntry[]): Promise<void> {
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await appendFile(this.#path, this.#cut ? `\n${lines}` : lines);
      this.#cut = false;
    } catch (cause) {
      this.#cut = true;
      throw new SluiceError("store-failed", `the facts in ${this.#path}: ${messageOf(cause)}`, { cause });
    }
  }

  #entry(line: string, index: number): FactEntry {
    let entry: unknown;
    try {
      entry = JSON.parse(line);
    } catch {
      entry = undefined;
    }
    if (isEntry(entry)) return entry;
    // A line that a process did not finish, and that others were put behind.
    if (entry === undefined) return { scope: "", deleted: "" };
    throw new SluiceError("store-failed", `the facts in ${this.#path}: line ${index + 1} is none`);
  }
}

function isEntry(value: unknown): value is FactEntry {
  if (!isJsonObject(value) || typeof value.scope !== "string") return false;
  if (typeof value.deleted === "string") return true;
  return isJsonObject(value.fact) && typeof value.fact.id === "string" && typeof value.fact.text === "string";
}
