import { type ReadonlySignal, signal } from "@preact/signals";
import { TextSource } from "../markdown/text-source.js";
import type { PartView } from "./part.js";

/** The parts of an answer in their order. The last of them may be text or reasoning that still grows. */
export class PartList {
  readonly #parts = signal<readonly PartView[]>([]);
  /** How many parts stand before the attempt that may be retracted. */
  #mark = 0;
  #keys = 0;
  #textBlock: number | undefined;
  #reasoningBegan = 0;

  get parts(): ReadonlySignal<readonly PartView[]> {
    return this.#parts;
  }

  /** A key that no part of the list has. */
  newKey(): number {
    return this.#keys++;
  }

  /** Adds a part. A text before it is complete. */
  add(part: PartView): void {
    this.complete();
    this.#parts.value = [...this.#parts.value, part];
  }

  addNote(tone: "info" | "warning", text: string): void {
    this.add({ kind: "note", key: this.newKey(), tone, text });
  }

  pushText(text: string, refusal: boolean, block: number | undefined): void {
    if (text === "") return;
    const last = this.#parts.value.at(-1);
    if (last?.kind === "text" && last.refusal === refusal && this.#textBlock === block) {
      last.text.push(text);
      return;
    }
    this.#textBlock = block;
    this.add({ kind: "text", key: this.newKey(), text: new TextSource(text), refusal });
  }

  pushReasoning(text: string): void {
    if (text === "") return;
    const last = this.#parts.value.at(-1);
    if (last?.kind === "reasoning") {
      last.text.push(text);
      return;
    }
    this.#reasoningBegan = performance.now();
    const tookMs = signal<number | undefined>(undefined);
    this.add({ kind: "reasoning", key: this.newKey(), text: new TextSource(text), tookMs, going: signal(true) });
  }

  /** Text or reasoning that was growing is complete. */
  complete(): void {
    const last = this.#parts.value.at(-1);
    if (last?.kind !== "text" && last?.kind !== "reasoning") return;
    last.text.end();
    if (last.kind === "text" || !last.going.value) return;
    last.going.value = false;
    last.tookMs.value = performance.now() - this.#reasoningBegan;
  }

  /** An attempt begins: what comes from here on may be retracted. */
  setMark(): void {
    this.complete();
    this.#mark = this.#parts.value.length;
  }

  /** Takes the parts of the attempt back. @returns them. */
  retract(): readonly PartView[] {
    this.complete();
    const retracted = this.#parts.value.slice(this.#mark);
    this.#parts.value = this.#parts.value.slice(0, this.#mark);
    return retracted;
  }
}
