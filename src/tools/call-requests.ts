import type { JsonObject, JsonValue } from "../base/json.js";
import type { InputRequestEvent } from "../stream/chat-event.js";
import { describe, SluiceError } from "../stream/error.js";
import type { InputRequestPart, InputResponse, ToolCallPart } from "../stream/message.js";
import { allowedAnswers, checkResponse } from "./check-response.js";
import { approvalOf, type OpenCall } from "./history.js";
import type { InputHandler } from "./input-response.js";
import type { ToolCallContext } from "./tool.js";

/** What the requests about one call need. */
export interface CallRequestSettings {
  call: ToolCallPart;
  /** What was asked and answered about the call before it was resumed. */
  resumed: OpenCall | undefined;
  /** The id of one more request about the call. */
  nextId: () => string;
  handler: InputHandler | undefined;
  /** The call, for the handler. */
  context: () => ToolCallContext;
  /** Puts a request into the stream. */
  emit: (request: InputRequestEvent) => void;
}

/** What a tool asks. */
export interface Question {
  message: string;
  schema: JsonObject;
}

/** What is asked about one call, and what was answered: now by a handler, or before by messages. */
export class CallRequests {
  readonly #settings: CallRequestSettings;
  /** Questions of an earlier run that this run has not come to yet. */
  #earlier: InputRequestPart[];

  constructor(settings: CallRequestSettings) {
    this.#settings = settings;
    this.#earlier = this.#questions();
  }

  /** What was answered before the call was resumed. Where a handler is asked, it decides, and messages do not. */
  get #responses(): ReadonlyMap<string, InputResponse> {
    const { handler, resumed } = this.#settings;
    return handler === undefined ? (resumed?.responses ?? new Map()) : new Map();
  }

  /** Requests about the call that were made before and that nobody has answered: without answers there is nothing to run. */
  get unanswered(): readonly InputRequestPart[] {
    const { handler, resumed } = this.#settings;
    if (handler !== undefined || resumed === undefined) return [];
    const last = new Map(resumed.requests.map((request) => [request.id, request]));
    return [...last.values()].filter(({ id }) => !this.#responses.has(id));
  }

  /** The tool runs from its beginning, and asks again what it asked. */
  restart(): void {
    this.#earlier = this.#questions();
  }

  /** What was decided of the call; `undefined` where nobody was asked yet. */
  get decided(): InputResponse | undefined {
    const { resumed } = this.#settings;
    return resumed && approvalOf({ ...resumed, responses: this.#responses });
  }

  /** Asks for approval; `undefined` where there is nobody to ask now. */
  async approval(): Promise<InputResponse | undefined> {
    const { call, resumed } = this.#settings;
    const before = resumed?.requests.findLast(({ kind }) => kind === "approval");
    const { callId, name, input } = call;
    const id = before?.id ?? this.#settings.nextId();
    return this.#ask({ type: "input-request", id, kind: "approval", callId, name, input });
  }

  /**
   * Asks a question of the tool.
   *
   * @param wait waits for the handler, without counting the time.
   * @returns the value; `undefined` where there is nobody to ask now.
   * @throws {SluiceError} `declined` where nobody answers it.
   */
  async question(
    { message, schema }: Question,
    wait: (ask: () => Promise<InputResponse | undefined>) => Promise<InputResponse | undefined>,
  ): Promise<{ value: JsonValue } | undefined> {
    const before = this.#takeEarlier(message);
    const answered = before && this.#responses.get(before.id);
    const { callId } = this.#settings.call;
    const id = before?.id ?? this.#settings.nextId();
    const ask = () => this.#ask({ type: "input-request", id, kind: "question", callId, message, schema });
    const response = answered ?? (await wait(ask));
    if (response === undefined) return undefined;
    switch (response.type) {
      case "answer":
        return { value: response.value };
      case "decline": {
        const why = response.reason === undefined ? "" : `: ${response.reason}`;
        throw new SluiceError("declined", `nobody answers the question ${JSON.stringify(message)}${why}`);
      }
      default:
        throw new SluiceError(
          "invalid-argument",
          `found ${response.type}; allowed: ${allowedAnswers({ kind: "question", id })}`,
        );
    }
  }

  /** Has the handler answer a request about the call or about what is inside it; `undefined` where there is no handler. */
  async askHandler(request: InputRequestPart, from: readonly string[]): Promise<InputResponse | undefined> {
    const { handler } = this.#settings;
    if (handler === undefined) return undefined;
    const { type: _, ...asked } = request;
    const { messages, signal, context } = this.#settings.context();
    const part = await handler({ ...asked, from, messages, signal, context });
    if (part?.id !== request.id) {
      const found = part === undefined || part === null ? describe(part) : `a response to ${describe(part.id)}`;
      throw new SluiceError("invalid-argument", `onInput: found ${found}; allowed: ${allowedAnswers(request)}`);
    }
    checkResponse(request, part.response, "onInput");
    return part.response;
  }

  async #ask(request: InputRequestEvent): Promise<InputResponse | undefined> {
    this.#settings.emit(request);
    return this.askHandler(request, []);
  }

  /** The question of an earlier run that this one repeats. */
  #takeEarlier(message: string): InputRequestPart | undefined {
    const at = this.#earlier.findIndex((request) => request.kind === "question" && request.message === message);
    return at === -1 ? undefined : this.#earlier.splice(at, 1)[0];
  }

  #questions(): InputRequestPart[] {
    const { resumed } = this.#settings;
    if (resumed === undefined) return [];
    const all = new Map(resumed.requests.map((request) => [request.id, request]));
    return [...all.values()].filter(({ kind }) => kind === "question");
  }
}
