import type { Artifact, Message, Part, StreamResponse, Task, TaskState } from "@a2a-js/sdk";
import { uuid } from "../../base/uuid.js";
import { ROLE, STATE } from "../../models/a2a/a2a-words.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { Envelope } from "../../stream/envelope.js";
import type { SluiceError } from "../../stream/error.js";
import type { ChatMessage, InputRequestPart } from "../../stream/message.js";
import { Transcript } from "../../stream/transcript.js";
import { pendingRequests } from "../tasks/pending-requests.js";

/** The name under which requests for input, and answers to them, stand in a part's data. */
const INPUT_REQUEST = "inputRequest";

/** What is the same in all updates of one turn. */
export interface TurnIds {
  taskId: string;
  contextId: string;
  /** Counted from 1: each turn writes artifacts of its own. */
  turn: number;
  /** What the turn answers. */
  messages: readonly ChatMessage[];
}

/** One turn of a task as A2A says it: updates while it goes on, and how it stands. */
export class TaskWriter {
  readonly #ids: TurnIds;
  readonly #emitted = new Transcript(true);
  readonly #files: Artifact[] = [];
  #text = "";
  /** How much of them a `retract` leaves. */
  #kept = { text: 0, files: 0 };
  #begun = false;
  #state: TaskState = STATE.working;
  #message: Message | undefined;
  #metadata: Record<string, unknown> | undefined;
  /** Of the newest entry, in ms since the epoch. */
  #at = Date.now();

  constructor(ids: TurnIds) {
    this.#ids = ids;
  }

  /** Takes one entry of the run's log. @returns the updates that say it. */
  take(entry: Envelope): StreamResponse[] {
    this.#at = entry.at;
    if ("error" in entry) return [this.#fail(entry.error)];
    return entry.events.flatMap((event) => this.#push(event));
  }

  /** Whether nothing more comes. */
  get over(): boolean {
    return this.#state !== STATE.working;
  }

  /** Whole, as they stand. */
  get artifacts(): Artifact[] {
    const text = this.#begun ? [artifact(this.#answerId, "answer", [textPart(this.#text)])] : [];
    return [...text, ...this.#files];
  }

  get status(): NonNullable<Task["status"]> {
    return { state: this.#state, message: this.#message, timestamp: new Date(this.#at).toISOString() };
  }

  /** How it ended, as the last update says it. */
  get statusUpdate(): StreamResponse {
    const { taskId, contextId } = this.#ids;
    const value = { taskId, contextId, status: this.status, metadata: this.#metadata };
    return { payload: { $case: "statusUpdate", value } };
  }

  #push(event: ChatEvent): StreamResponse[] {
    this.#emitted.push(event);
    switch (event.type) {
      case "text-delta":
        return event.text === "" ? [] : [this.#textPiece(event.text)];
      case "start":
      case "step-start":
        this.#kept = { text: this.#text.length, files: this.#files.length };
        return [];
      case "retract":
        this.#files.length = this.#kept.files;
        // The output of this model call is void: the artifact is written anew.
        if (this.#text.length === this.#kept.text) return [];
        this.#text = this.#text.slice(0, this.#kept.text);
        return [this.#update(artifact(this.#answerId, "answer", [textPart(this.#text)]), false)];
      case "file": {
        const { mediaType, data } = event;
        const part: Part = {
          content: { $case: "raw", value: Buffer.from(data) },
          metadata: undefined,
          filename: "",
          mediaType,
        };
        const file = artifact(`file-${this.#ids.turn}-${this.#files.length + 1}`, "file", [part]);
        this.#files.push(file);
        return [this.#update(file, false)];
      }
      case "finish": {
        const { reason, usage } = event;
        this.#metadata = { finishReason: reason, usage: { ...usage } };
        const refused = reason === "refusal" ? STATE.rejected : STATE.completed;
        if (reason !== "input-required") this.#end(refused);
        else {
          const waiting = pendingRequests([...this.#ids.messages, ...this.#emitted.messages]);
          this.#end(STATE.inputRequired, waiting.flatMap(requestParts));
        }
        return [this.statusUpdate];
      }
      default:
        return [];
    }
  }

  /** It failed, or was stopped. @returns the update that says it. */
  #fail(error: SluiceError): StreamResponse {
    const stopped = error.code === "cancelled";
    this.#metadata = { code: error.code, retryable: error.retryable };
    this.#end(stopped ? STATE.canceled : STATE.failed, [textPart(error.message)]);
    return this.statusUpdate;
  }

  get #answerId(): string {
    return `answer-${this.#ids.turn}`;
  }

  #textPiece(text: string): StreamResponse {
    const append = this.#begun;
    this.#begun = true;
    this.#text += text;
    return this.#update(artifact(this.#answerId, "answer", [textPart(text)]), append);
  }

  #update(one: Artifact, append: boolean): StreamResponse {
    const { taskId, contextId } = this.#ids;
    const value = { taskId, contextId, artifact: one, append, lastChunk: false, metadata: undefined };
    return { payload: { $case: "artifactUpdate", value } };
  }

  #end(state: TaskState, parts: Part[] = []): void {
    this.#state = state;
    if (parts.length > 0) this.#message = agentMessage(this.#ids, parts);
  }
}

/** A message of the agent's. */
function agentMessage({ taskId, contextId }: Pick<TurnIds, "taskId" | "contextId">, parts: Part[]): Message {
  const messageId = uuid();
  return {
    messageId,
    taskId,
    contextId,
    role: ROLE.agent,
    parts,
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}

export function textPart(text: string): Part {
  return { content: { $case: "text", value: text }, metadata: undefined, filename: "", mediaType: "text/plain" };
}

function dataPart(value: unknown): Part {
  return { content: { $case: "data", value }, metadata: undefined, filename: "", mediaType: "application/json" };
}

/** For people, and for clients that know what to ask them. */
function requestParts(request: InputRequestPart): Part[] {
  const { type: _, ...asked } = request;
  const question =
    request.kind === "question" ? request.message : `May ${request.name} run with ${JSON.stringify(request.input)}?`;
  return [textPart(question), dataPart({ [INPUT_REQUEST]: asked })];
}

function artifact(artifactId: string, name: string, parts: Part[]): Artifact {
  return { artifactId, name, description: "", parts, metadata: undefined, extensions: [] };
}
