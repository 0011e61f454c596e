import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatEvent, FileEvent, ToolCallEvent } from "../../stream/chat-event.js";
import type { AudioDeltaEvent } from "../../stream/speech-event.js";
import { ClientCalls } from "../client-calls.js";
import { customToolNames } from "../custom-tools.js";
import { toDataUrl } from "../data-url.js";
import type { WriterContext } from "../dialect.js";
import { CitedPlaces } from "./cited-places.js";
import { ownData } from "./opaque.js";
import { writeAnnotation } from "./sources.js";
import { thoughtStateIn } from "./thoughts.js";
import { writeCall } from "./write-call.js";

/** Takes the `delta` of a chunk. */
export type WriteDelta = (delta: JsonObject) => void;

/** Turns events into pieces of the assistant's message. Those that the protocol has no place for are in `losses`. */
export class DeltaWriter {
  readonly #clientCalls: ClientCalls;
  /** The index of each call that was begun. */
  readonly #calls = new Map<string, number>();
  /** Tools that take plain text, which is emitted whole. */
  readonly #customTools: ReadonlySet<string | undefined>;
  /** The id of what the model speaks, once it is known: a client refers to the sound by it. */
  #audioId = "";

  readonly #places = new CitedPlaces();

  constructor(context: WriterContext) {
    this.#clientCalls = new ClientCalls(context);
    this.#customTools = customToolNames(context.request);
  }

  /** Whether the message holds calls, all of which its client has to run. */
  get hasCalls(): boolean {
    return this.#calls.size > 0;
  }

  push(event: ChatEvent, write: WriteDelta): void {
    switch (event.type) {
      case "text-delta":
        if (event.text !== "") write(event.refusal ? { refusal: event.text } : { content: event.text });
        if (event.refusal === undefined) this.#places.text(event.text, event.block);
        return;
      case "reasoning-delta":
        reasoning(event.text, thoughtStateIn(ownData(event.opaque)), write);
        return;
      case "tool-input-delta":
        if (this.#clientCalls.runsElsewhere(event) || this.#customTools.has(event.name)) return;
        this.#callInput(event.callId, event.name, event.delta, write);
        return;
      case "tool-call":
        if (this.#clientCalls.runsElsewhere(event)) return;
        if (!this.#calls.has(event.callId)) this.#begin(event.callId, writeCall(event), write);
        this.#callExtra(event, write);
        return;
      case "source": {
        const annotation = writeAnnotation(this.#places.inMessage(event.source, event.block));
        if (annotation !== undefined) write({ annotations: [annotation] });
        return;
      }
      case "file":
        this.#file(event, write);
        return;
      case "audio-delta":
        // What a voice reads stands in the text already.
        if (event.sentence === undefined) this.#audio(event, write);
        return;
      case "start":
        this.#audioId ||= `audio_${event.id}`;
        return;
      case "step-start":
        this.#clientCalls.step();
        return;
      case "usage":
      case "tool-result":
      case "input-request":
      case "sentence":
      case "nested":
      case "data":
      case "context":
      case "step-finish":
      case "retract":
      case "finish":
        return;
      default:
        event satisfies never;
    }
  }

  #callInput(callId: string, name: string, text: string, write: WriteDelta): void {
    const index = this.#calls.get(callId);
    if (index === undefined) {
      this.#begin(callId, { id: callId, type: "function", function: { name, arguments: text } }, write);
    } else write({ tool_calls: [{ index, function: { arguments: text } }] });
  }

  #begin(callId: string, call: JsonObject, write: WriteDelta): void {
    const index = this.#calls.size;
    this.#calls.set(callId, index);
    write({ tool_calls: [{ index, ...call }] });
  }

  /** What must come back with a call stands in its last piece. */
  #callExtra({ callId, opaque }: ToolCallEvent, write: WriteDelta): void {
    const extra = ownData(opaque)?.extra_content;
    const index = this.#calls.get(callId);
    if (extra !== undefined && index !== undefined) write({ tool_calls: [{ index, extra_content: extra }] });
  }

  #file({ mediaType, data, opaque }: FileEvent, write: WriteDelta): void {
    if (mediaType.startsWith("image/")) {
      write({ images: [{ type: "image_url", image_url: { url: toDataUrl(mediaType, data) } }] });
    } else if (mediaType.startsWith("audio/")) this.#audio({ data, ...(opaque && { opaque }) }, write);
  }

  #audio({ data, opaque }: Pick<AudioDeltaEvent, "data" | "opaque">, write: WriteDelta): void {
    const state = ownData(opaque)?.audio;
    if (isJsonObject(state) && typeof state.id === "string") this.#audioId = state.id;
    write({ audio: { ...(isJsonObject(state) && state), id: this.#audioId, data: encodeBase64(data) } });
  }
}

function reasoning(text: string, state: JsonObject, write: WriteDelta): void {
  const delta = { ...(text !== "" && { reasoning_content: text }), ...state };
  if (Object.keys(delta).length > 0) write(delta);
}
