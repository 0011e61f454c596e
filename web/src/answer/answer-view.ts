import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { isJsonObject, type JsonValue } from "../../../src/base/json.js";
import { visibleJson } from "../../../src/base/visible-text.js";
import type {
  ChatEvent,
  DataEvent,
  FinishReason,
  InputRequestEvent,
  NestedEvent,
  Source,
  StartEvent,
  ToolResultEvent,
} from "../../../src/stream/chat-event.js";
import type { InputResponse } from "../../../src/stream/message.js";
import { nestedKey } from "../../../src/stream/nested-key.js";
import type { AudioDeltaEvent } from "../../../src/stream/speech-event.js";
import { CodeText } from "../markdown/code-text.js";
import { noteOf, warningsOf } from "./note-of.js";
import type { AnswerState, InnerPartView, OpenRequest, PartView, ToolPartView } from "./part.js";
import { PartList } from "./part-list.js";
import { SoundPieces } from "./sound-pieces.js";

/** What an answer shows, made of its events. Each is taken once; what it costs does not depend on what came before. */
export class AnswerView {
  readonly #list = new PartList();
  readonly #sources = signal<readonly Source[]>([]);
  readonly #state = signal<AnswerState>("waiting");
  readonly #model = signal("");
  readonly #requests = signal<readonly OpenRequest[]>([]);
  readonly #tools = new Map<string, ToolPartView>();
  readonly #inner = new Map<string, InnerPartView>();
  readonly #sound = new SoundPieces();
  /** The call whose arguments came last: where they arrive, the map is not asked. */
  #lastTool: ToolPartView | undefined;
  #speaker = "";
  #reason: FinishReason | undefined;

  get parts(): ReadonlySignal<readonly PartView[]> {
    return this.#list.parts;
  }

  /** What was cited, each once. */
  get sources(): ReadonlySignal<readonly Source[]> {
    return this.#sources;
  }

  get state(): ReadonlySignal<AnswerState> {
    return this.#state;
  }

  /** The model that answers, as its provider names it. */
  get model(): ReadonlySignal<string> {
    return this.#model;
  }

  /** What somebody has to answer, or has answered, at any depth. */
  get requests(): ReadonlySignal<readonly OpenRequest[]> {
    return this.#requests;
  }

  /** Why it stopped. */
  get reason(): FinishReason | undefined {
    return this.#reason;
  }

  push(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        this.#start(event);
        return;
      case "text-delta":
        this.#list.pushText(event.text, event.refusal ?? false, event.block);
        return;
      case "reasoning-delta":
        this.#list.pushReasoning(event.text);
        return;
      case "tool-input-delta":
        this.#toolOf(event.callId, event.name, event.providerExecuted).input.value.push(event.delta);
        return;
      case "tool-call":
        this.#call(this.#toolOf(event.callId, event.name, event.providerExecuted), event.input);
        return;
      case "tool-result":
        this.#result(event);
        return;
      case "input-request":
        this.#request(event);
        return;
      case "source":
        this.#cite(event.source);
        return;
      case "file":
        this.#list.add({ kind: "file", key: this.#list.newKey(), mediaType: event.mediaType, data: event.data });
        return;
      case "audio-delta":
        this.#hear(event);
        return;
      case "data":
        this.#data(event);
        return;
      case "nested":
        this.#nested(event);
        return;
      case "step-start":
        this.#list.setMark();
        if (event.agent !== undefined && event.agent !== this.#speaker) this.#speak(event.agent);
        return;
      case "retract":
        this.#retract();
        return;
      case "step-finish":
        this.#list.complete();
        return;
      case "finish":
        this.#finish(event.reason);
        return;
      case "usage":
      case "context":
      case "sentence":
        return;
      default:
        event satisfies never;
    }
  }

  /** It ended without its finish: stopped, failed, or cut off. What has come stays. */
  end(): void {
    this.#list.complete();
    this.#state.value = "finished";
    for (const { view } of this.#inner.values()) view.end();
  }

  /** Somebody has answered a request. `false` if there is none of this id. */
  respond(id: string, response: InputResponse): boolean {
    for (const part of this.#list.parts.value) {
      if (part.kind === "question" && part.request.id === id) {
        part.response.value = response;
        return true;
      }
    }
    for (const part of this.#tools.values()) {
      if (part.approval.value?.id !== id) continue;
      part.response.value = response;
      return true;
    }
    for (const { view } of this.#inner.values()) if (view.respond(id, response)) return true;
    return false;
  }

  /** All text of the answer, as Markdown. */
  get text(): string {
    return this.#list.parts.value
      .map((part) => (part.kind === "text" ? part.text.toString() : ""))
      .filter((text) => text !== "")
      .join("\n\n");
  }

  #start(event: StartEvent): void {
    this.#model.value = event.model;
    this.#state.value = "streaming";
    this.#list.setMark();
    for (const text of warningsOf(event)) this.#list.addNote("warning", text);
    this.#list.setMark();
  }

  #toolOf(callId: string, name: string, byProvider = false): ToolPartView {
    if (this.#lastTool?.callId === callId) return this.#lastTool;
    let tool = this.#tools.get(callId);
    if (tool === undefined) {
      tool = {
        kind: "tool",
        key: this.#list.newKey(),
        callId,
        name,
        input: signal(new CodeText("json")),
        called: signal(undefined),
        outcome: signal(undefined),
        progress: signal(undefined),
        approval: signal(undefined),
        response: signal(undefined),
        question: signal(undefined),
        inner: signal([]),
        byProvider,
      };
      this.#tools.set(callId, tool);
      this.#list.add(tool);
    }
    this.#lastTool = tool;
    return tool;
  }

  #call(tool: ToolPartView, input: JsonValue): void {
    tool.called.value = { input };
    const whole = new CodeText("json", visibleJson(input, 2));
    whole.close();
    tool.input.value = whole;
  }

  #result({ callId, name, output, isError, preliminary }: ToolResultEvent): void {
    const tool = this.#toolOf(callId, name);
    if (preliminary) tool.progress.value = output;
    else tool.outcome.value = { output, isError: isError ?? false };
  }

  #request(event: InputRequestEvent): void {
    const response: Signal<InputResponse | undefined> = signal(undefined);
    if (event.kind === "approval") {
      const tool = this.#toolOf(event.callId, event.name);
      tool.approval.value = event;
      this.#ask({ id: event.id, response: tool.response });
      return;
    }
    this.#list.add({ kind: "question", key: this.#list.newKey(), request: event, response });
    const tool = event.callId === undefined ? undefined : this.#tools.get(event.callId);
    if (tool !== undefined) tool.question.value = { id: event.id, response };
    this.#ask({ id: event.id, response });
  }

  #ask(request: OpenRequest): void {
    if (this.#requests.value.some(({ id }) => id === request.id)) return;
    this.#requests.value = [...this.#requests.value, request];
  }

  #cite(source: Source): void {
    const same = (one: Source) => (source.url ?? source.id ?? source.title) === (one.url ?? one.id ?? one.title);
    if (!this.#sources.value.some(same)) this.#sources.value = [...this.#sources.value, source];
  }

  #hear(event: AudioDeltaEvent): void {
    // What a voice reads is the text; what the model speaks itself is a sound of its own.
    if (event.sentence === undefined) this.#sound.push(event);
  }

  #data(event: DataEvent): void {
    if (event.name === "agent/plan" && isJsonObject(event.value) && Array.isArray(event.value.items)) {
      this.#plan(event.value.items);
      return;
    }
    const note = noteOf(event);
    if (note !== undefined) this.#list.addNote(note.tone, note.text);
  }

  #plan(items: readonly JsonValue[]): void {
    const plan = items.flatMap((item) =>
      isJsonObject(item) ? [{ text: String(item.text), status: String(item.status) }] : [],
    );
    const shown = this.#list.parts.value.findLast((part) => part.kind === "plan");
    if (shown === undefined) this.#list.add({ kind: "plan", key: this.#list.newKey(), items: signal(plan) });
    else shown.items.value = plan;
  }

  #nested(event: NestedEvent): void {
    const key = nestedKey(event);
    let inner = this.#inner.get(key);
    if (inner === undefined) {
      // Of an attempt that was not seen here nothing is shown.
      if (event.event.type === "retract") return;
      const { from, attempt = 1, callId } = event;
      inner = { kind: "inner", key: this.#list.newKey(), from, attempt, view: new AnswerView() };
      this.#inner.set(key, inner);
      const tool = callId === undefined ? undefined : this.#tools.get(callId);
      if (tool !== undefined) tool.inner.value = [...tool.inner.value, inner];
      else this.#list.add(inner);
    }
    inner.view.push(event.event);
    // What is asked inside is answered by its id, from outside.
    if (event.event.type === "input-request" || event.event.type === "nested") {
      for (const request of inner.view.requests.value) this.#ask(request);
    }
  }

  #speak(agent: string): void {
    this.#speaker = agent;
    this.#list.add({ kind: "speaker", key: this.#list.newKey(), name: agent });
  }

  #retract(): void {
    for (const part of this.#list.retract()) if (part.kind === "tool") this.#tools.delete(part.callId);
    this.#lastTool = undefined;
    this.#list.addNote("info", "What came before was taken back; the answer begins again.");
    this.#list.setMark();
  }

  #finish(reason: FinishReason): void {
    const sound = this.#sound.take();
    if (sound !== undefined) this.#list.add({ kind: "file", key: this.#list.newKey(), ...sound });
    this.#reason = reason;
    this.end();
  }
}
