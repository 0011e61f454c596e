import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { Emit, FinishReason } from "../../stream/chat-event.js";
import type { Frame } from "../../stream/framing/frame.js";
import { addUsage, type Usage } from "../../stream/usage.js";
import type { WireReader } from "../dialect.js";
import { endWordIn, throwBrokenOff } from "../end-words.js";
import { filledString } from "../filled-string.js";
import { LearnedShapes } from "../learned-shapes.js";
import type { Hole } from "../locate-values.js";
import { isDone, malformed, parseEvent } from "../parse-frame.js";
import { StrayFrames } from "../stray-frames.js";
import { emitExtras } from "./answer-extras.js";
import { unknownDelta } from "./block-delta.js";
import { blockOfPiece, openBlock, textBlock } from "./content-blocks.js";
import { errorIn } from "./errors.js";
import { type AnswerState, newAnswer, type OpenBlock, PIECES, type PieceKind } from "./open-block.js";
import { pieceKind, pieceOf } from "./piece-kind.js";
import type { ReadText } from "./plain-reader.js";
import { readStopReason } from "./stop-reason.js";
import { truncated } from "./truncated.js";
import { mergeUsage, readUsage } from "./usage.js";

/** What a frame of a learned shape means, and where among its values the block's index stands. */
interface Meaning {
  kind: PieceKind;
  index: 0 | 1;
}

/** One `message_start` … `message_stop`. */
interface OpenMessage {
  id: string;
  /** Whether its `message_start` came: that of one which began without it is still its own. */
  announced: boolean;
  model: string;
  blocks: Map<number, OpenBlock>;
  /** Texts that came without their block's start, or on the index of another kind of block, by kind and index. */
  strays: Map<string, { index: number; block: OpenBlock }>;
  /** A block that ended and is reported once it is known whether the answer was cut there. */
  bare: OpenBlock | undefined;
  answer: AnswerState;
  usage: JsonObject;
  stopReason: string | undefined;
}

/** How a message ended. */
interface Ended {
  reason: FinishReason;
  rawReason?: string;
  usage: Usage;
}

/**
 * Reads a streamed message, as https://platform.claude.com/docs/en/build-with-claude/streaming describes it.
 *
 * A second `message_start` with the same id is a repetition and is ignored. One with another id before the stop reason
 * is the provider beginning anew: what came before is retracted. One after it, as in recordings of several calls, is
 * another step. One that comes late announces what began without it.
 */
export class AnthropicReader implements WireReader {
  readonly #shapes = new LearnedShapes<Meaning>();
  readonly #strays = new StrayFrames("anthropic");
  /** Messages that are over: one that comes again says nothing new. */
  readonly #over = new Set<string>();
  /** Whether this message is a repetition. */
  #repeats = false;
  #message: OpenMessage | undefined;
  /** The last message that ended, and how many have. */
  #ended: Ended | undefined;
  #steps = 0;
  #spent: Usage = {};

  /** @param read where the answer stands, when its beginning was read elsewhere. Default: at its beginning. */
  constructor(read?: ReadText) {
    if (read?.id === undefined) return;
    const { id, model, block, last, usage, stopReason, ended } = read;
    const answer = newAnswer();
    answer.lastText = last;
    const blocks = new Map(block && [[block.index, textBlock(block.index, block.length, answer)]]);
    this.#message = { ...newMessage({ id, announced: true, model, usage, stopReason }), blocks, answer };
    this.#strays.release(() => {});
    if (ended) this.#stop(() => {});
  }

  /** Whether the answer's end has come; only another call's answer could follow. */
  get complete(): boolean {
    return this.#message === undefined && this.#ended !== undefined;
  }

  /** Whether the stop reason has arrived: only its end marker is missing. */
  get ending(): boolean {
    return this.#message?.stopReason !== undefined;
  }

  push(frame: Frame, emit: Emit): void {
    const { data } = frame;
    const known = this.#shapes.match(data, ({ kind, index }, values) => {
      const [first = "", second = ""] = values;
      this.#piece(kind, Number(index === 0 ? first : second), index === 0 ? second : first, emit);
    });
    // Some services that speak this protocol end with the marker of OpenAI's.
    if (!known && !isDone(data)) this.event(parseEvent(frame), frame, emit);
  }

  /** Takes an event that was parsed; `frame` is what to show of it in an error. */
  event(event: JsonObject, frame: Frame, emit: Emit): void {
    const error = errorIn(event);
    if (error !== undefined) throw error;
    const text = frame.data;
    switch (event.type) {
      case "message_start":
        this.#start(isJsonObject(event.message) ? event.message : {}, emit);
        return;
      case "content_block_start":
        this.#openBlock(event, text, emit);
        return;
      case "content_block_delta":
        this.#delta(event, text, emit);
        return;
      case "content_block_stop":
        this.#closeBlock(indexOf(event), emit);
        return;
      case "message_delta":
        this.#messageDelta(event, emit);
        return;
      case "message_stop":
        emitExtras(event, ["type"], emit);
        this.#stop(emit);
        return;
      case "ping":
        return;
      case "message":
        // The whole of it, where a stream was asked for.
        this.#start(event, emit);
        this.#stop(emit);
        return;
      default:
        this.#strays.push(event, frame, emit);
    }
  }

  end(emit: Emit): void {
    if (this.ending) this.#stop(emit);
    const ended = this.#ended;
    if (this.#message !== undefined || ended === undefined) {
      throw this.#strays.error ?? truncated(this.#message !== undefined);
    }
    if (this.#steps > 1) this.#stepFinish(ended, emit);
    emit({ type: "finish", ...ended, usage: this.#steps > 1 ? this.#spent : ended.usage });
  }

  #start(message: JsonObject, emit: Emit, announced = true): void {
    const id = filledString(message.id) ?? uuid();
    const model = typeof message.model === "string" ? message.model : "";
    const usage = mergeUsage({}, message.usage);
    this.#repeats = this.#over.has(id);
    if (this.#repeats) return;
    // Its stop reason came, and only its end marker is missing: it is over.
    if (this.ending && this.#message?.id !== id) this.#stop(emit);
    const open = this.#message;
    if (open !== undefined && (open.id === id || !open.announced)) {
      open.id = id;
      open.announced = true;
      open.usage = mergeUsage(open.usage, usage);
      return;
    }
    if (open !== undefined) {
      emit({ type: "retract", reason: "the provider began the message anew" });
      emit({ type: "start", id, model });
    } else if (this.#ended !== undefined) {
      this.#stepFinish(this.#ended, emit);
      emit({ type: "step-start", step: this.#steps, model });
    } else emit({ type: "start", id, model });
    this.#strays.release(emit);
    const stopReason = endWordIn(message.stop_reason);
    this.#message = newMessage({ id, announced, model, usage, stopReason });
    if (Object.keys(usage).length > 0) emit({ type: "usage", usage: readUsage(usage) });
    // Some services say a text that is all there is as a string, as requests may.
    const { content } = message;
    const text: JsonValue[] = [{ type: "text", text: content ?? "" }];
    const blocks = typeof content === "string" && content !== "" ? text : content;
    if (Array.isArray(blocks)) this.#content(blocks.filter(isJsonObject), emit);
    emitExtras(message, MESSAGE_FIELDS, emit);
  }

  /** A message that begins with content has all of it: it is one that was not streamed. */
  #content(blocks: readonly JsonObject[], emit: Emit): void {
    for (const [index, block] of blocks.entries()) {
      this.#openBlock({ index, content_block: block }, JSON.stringify(block), emit);
      this.#closeBlock(index, emit);
    }
  }

  #openBlock(event: JsonObject, text: string, emit: Emit): void {
    const message = this.#open(emit);
    if (message === undefined) return;
    const { blocks, answer } = message;
    const index = indexOf(event);
    if (!isJsonObject(event.content_block)) throw malformed(text, "the start of a block without the block");
    this.#closeBlock(index, emit);
    emitBare(message, emit);
    blocks.set(index, openBlock(event.content_block, index, answer, emit));
  }

  #closeBlock(index: number, emit: Emit): void {
    const message = this.#message;
    if (message === undefined) return;
    for (const [key, stray] of message.strays) {
      if (stray.index !== index) continue;
      message.strays.delete(key);
      stray.block.close(emit);
    }
    const block = message.blocks.get(index);
    if (block === undefined) return;
    message.blocks.delete(index);
    if (!block.bare) {
      block.close(emit);
      return;
    }
    emitBare(message, emit);
    message.bare = block;
  }

  #delta(event: JsonObject, text: string, emit: Emit): void {
    const delta = isJsonObject(event.delta) ? event.delta : {};
    const index = indexOf(event);
    const kind = pieceKind(delta);
    const piece = kind === undefined ? undefined : pieceOf(delta, kind);
    if (kind === undefined || typeof piece !== "string") {
      this.#otherDelta(index, delta, emit);
      return;
    }
    this.#piece(kind, index, piece, emit);
    const { estimated_tokens: estimated } = delta;
    // How far thinking is that is not shown.
    if (typeof estimated === "number") emit({ type: "data", name: "provider/estimated_tokens", value: estimated });
    if (typeof event.index !== "number" || typeof estimated === "number" || delta[PIECES[kind]] !== piece) return;
    const holes: Hole[] = [
      { path: ["index"], kind: "number", capture: true },
      { path: ["delta", PIECES[kind]], kind: "string", capture: true },
    ];
    this.#shapes.learn(text, holes, { kind, index: text.indexOf('"index"') < text.indexOf('"delta"') ? 0 : 1 });
  }

  /** A piece of a text. Text is never lost: where its block did not begin, or is of another kind, it has one of its own. */
  #piece(kind: PieceKind, index: number, piece: string, emit: Emit): void {
    const message = this.#open(emit);
    if (message === undefined || message.blocks.get(index)?.piece(kind, piece, emit)) return;
    const key = `${kind} ${index}`;
    const block = message.strays.get(key)?.block ?? blockOfPiece(kind, index, message.answer, emit);
    if (block === undefined) {
      unknownDelta({ type: kind, index, [PIECES[kind]]: piece }, emit);
      return;
    }
    message.strays.set(key, { index, block });
    block.piece(kind, piece, emit);
  }

  #otherDelta(index: number, delta: JsonObject, emit: Emit): void {
    const block = this.#open(emit)?.blocks.get(index);
    if (block !== undefined) block.delta(delta, emit);
    else if (!this.#repeats) unknownDelta(delta, emit);
  }

  #messageDelta(event: JsonObject, emit: Emit): void {
    const message = this.#open(emit);
    if (message === undefined) return;
    const delta = isJsonObject(event.delta) ? event.delta : {};
    message.stopReason = endWordIn(delta.stop_reason) ?? message.stopReason;
    emitExtras(delta, ["stop_reason"], emit);
    emitExtras(event, ["type", "delta", "usage"], emit);
    if (isJsonObject(event.usage)) {
      message.usage = mergeUsage(message.usage, event.usage);
      emit({ type: "usage", usage: readUsage(message.usage) });
    }
    throwBrokenOff(delta.stop_reason);
  }

  #stop(emit: Emit): void {
    const message = this.#message;
    this.#repeats = false;
    if (message === undefined) return;
    throwBrokenOff(message.stopReason);
    message.answer.cut = readStopReason(message.stopReason, false).reason === "length";
    emitBare(message, emit);
    for (const { block } of message.strays.values()) block.close(emit);
    for (const block of message.blocks.values()) block.close(emit);
    const end = readStopReason(message.stopReason, message.answer.waiting.size > 0);
    this.#over.add(message.id);
    const usage = Object.keys(message.usage).length > 0 ? readUsage(message.usage) : {};
    this.#message = undefined;
    this.#ended = { ...end, usage };
    this.#steps++;
  }

  #stepFinish({ reason, usage }: Ended, emit: Emit): void {
    this.#spent = addUsage(this.#spent, usage);
    emit({ type: "step-finish", step: this.#steps - 1, reason, usage });
  }

  /** The open message. One whose start is missing has begun; after the end of one nothing more of it counts. */
  #open(emit: Emit): OpenMessage | undefined {
    if (this.#message === undefined && this.#ended === undefined) this.#start({}, emit, false);
    return this.#message;
  }
}

function newMessage(begun: Pick<OpenMessage, "id" | "announced" | "model" | "usage" | "stopReason">): OpenMessage {
  return { ...begun, blocks: new Map(), strays: new Map(), bare: undefined, answer: newAnswer() };
}

function emitBare(message: OpenMessage, emit: Emit): void {
  message.bare?.close(emit);
  message.bare = undefined;
}

const MESSAGE_FIELDS = ["id", "type", "role", "content", "model", "stop_reason", "usage"];

function indexOf(event: JsonObject): number {
  return typeof event.index === "number" ? event.index : 0;
}
