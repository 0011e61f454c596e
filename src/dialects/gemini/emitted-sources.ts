import type { JsonObject } from "../../base/json.js";
import type { Source } from "../../stream/chat-event.js";
import { objectOf, ownData } from "./opaque.js";
import { writeGrounding } from "./sources.js";
import { Utf8Offsets } from "./utf8-offsets.js";

/** The sources that were emitted for an answer, until its last chunk hands them to the client. */
export class EmittedSources {
  readonly #offsets = new Utf8Offsets();
  /** Where each block of text begins, in code units of all text. */
  readonly #begins = new Map<number | undefined, number>();
  /** The block of the last text. */
  #block: number | undefined;
  readonly #emitted: { source: Source; block: number | undefined }[] = [];

  text(text: string, block: number | undefined): void {
    if (!this.#begins.has(block)) this.#begins.set(block, this.#offsets.units);
    this.#block = block;
    this.#offsets.push(text);
  }

  push(source: Source, block: number | undefined): void {
    this.#emitted.push({ source, block: block ?? this.#block });
  }

  /** @param whole whether the grounding of Google's own answer is written as it came, so that its sources need not be. */
  metadata(whole: boolean): { groundingMetadata?: JsonObject; citationMetadata?: JsonObject } {
    const citations = this.#emitted.flatMap(({ source }) => objectOf(ownData(source.opaque)).citation ?? []);
    const sources = this.#emitted.filter(({ source }) => !isCitation(source) && !(whole && isGrounded(source)));
    const placed = sources.map(({ source, block }) => ({ source, ...this.#place(source, block) }));
    return {
      ...(placed.length > 0 && { groundingMetadata: writeGrounding(placed) }),
      ...(citations.length > 0 && { citationMetadata: { citations } }),
    };
  }

  #place({ span }: Source, block: number | undefined): { start?: number; end?: number } {
    const begin = this.#begins.get(block);
    if (span === undefined || begin === undefined) return {};
    const start = this.#offsets.toBytes(begin + span.start);
    const end = this.#offsets.toBytes(begin + span.end);
    return start === undefined || end === undefined ? {} : { start, end };
  }
}

function isCitation({ opaque }: Source): boolean {
  return ownData(opaque)?.citation !== undefined;
}

function isGrounded({ opaque }: Source): boolean {
  return ownData(opaque)?.chunk !== undefined;
}
