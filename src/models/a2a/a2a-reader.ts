import type { Artifact, Part, StreamResponse, Task, TaskStatus } from "@a2a-js/sdk";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent, FinishEvent, FinishReason, InputRequestEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type { Usage } from "../../stream/usage.js";
import { STATE } from "./a2a-words.js";

/** A task of an agent's, and the context that it is part of. */
export interface A2aTask {
  taskId: string;
  contextId: string;
}

/** Under this name the state of a conversation stands in answers. */
const CONTEXT = "provider/a2a-context";

/** Puts the context into the answer's message, so that the next turn goes on from it. */
export function contextEvent(task: A2aTask): ChatEvent {
  return { type: "data", name: CONTEXT, value: { ...task }, opaque: { dialect: "a2a", data: { ...task } } };
}

/** The task that an answer came from; `undefined` for those of others. */
export function contextIn(message: ChatMessage | undefined): A2aTask | undefined {
  if (message?.role !== "assistant" || typeof message.content === "string") return undefined;
  for (const part of message.content) {
    if (part.type !== "opaque" || part.name !== CONTEXT || !isJsonObject(part.opaque.data)) continue;
    const { taskId, contextId } = part.opaque.data;
    if (typeof taskId === "string" && typeof contextId === "string") return { taskId, contextId };
  }
  return undefined;
}

/** What was asked: a Sluice's approval or question, or whatever another agent asks. */
type Asked = "approval" | "question" | "text";

/** A request's id says which task waits for it: a response needs nothing else to find it. */
function requestId({ taskId, contextId }: A2aTask, request: string, asked: Asked): string {
  return ["a2a", asked, contextId, taskId, request].map(encodeURIComponent).join(":");
}

/** @throws {SluiceError} `invalid-argument` for an id that is not one of ours. */
export function readRequestId(id: string): A2aTask & { request: string; asked: Asked } {
  const [kind, asked, contextId, taskId, request] = id.split(":").map(decodeURIComponent);
  if (kind !== "a2a" || contextId === undefined || taskId === undefined || request === undefined) {
    throw new SluiceError("invalid-argument", `no task waits for a response to ${id}`, { field: "messages" });
  }
  return { contextId, taskId, request, asked: asked === "approval" || asked === "question" ? asked : "text" };
}

/** Reads the updates of one answer as events. */
export class A2aReader {
  task: A2aTask | undefined;
  /** Texts of artifacts, by their ids. */
  readonly #texts = new Map<string, string>();
  #reason: FinishReason | undefined;
  #usage: Usage = {};

  /** Whether the agent is done, or waits. */
  get over(): boolean {
    return this.#reason !== undefined;
  }

  /** @throws {SluiceError} `provider-error`, `cancelled`, `authentication` where the task ended so. */
  *push({ payload }: StreamResponse): Generator<ChatEvent> {
    switch (payload?.$case) {
      case "message":
        yield* this.#parts(payload.value.parts);
        this.#reason = "stop";
        return;
      case "task":
        yield* this.#whole(payload.value);
        return;
      case "artifactUpdate": {
        const { taskId, contextId, artifact, append } = payload.value;
        this.task = { taskId, contextId };
        if (artifact !== undefined) yield* this.#artifact(artifact, append);
        return;
      }
      case "statusUpdate": {
        const { taskId, contextId, status, metadata } = payload.value;
        this.task = { taskId, contextId };
        if (status !== undefined) yield* this.#status(status, metadata);
        return;
      }
      default:
        return;
    }
  }

  /** @throws {SluiceError} `truncated` where the agent did not say how it ended. */
  finish(): FinishEvent {
    if (this.#reason === undefined)
      throw new SluiceError("truncated", "the agent's updates ended before its task", { retryable: true });
    return { type: "finish", reason: this.#reason, usage: this.#usage };
  }

  *#whole({ id, contextId, status, artifacts }: Task): Generator<ChatEvent> {
    this.task = { taskId: id, contextId };
    // A task that goes on in another turn has the artifacts of those before, which were read then.
    const over = status !== undefined && status.state !== STATE.submitted && status.state !== STATE.working;
    if (over) for (const artifact of artifacts) yield* this.#artifact(artifact, false);
    if (status !== undefined) yield* this.#status(status, undefined);
  }

  *#artifact({ artifactId, parts }: Artifact, append: boolean): Generator<ChatEvent> {
    const before = this.#texts.get(artifactId);
    if (before !== undefined && !append) {
      // It begins anew. All output is void, so what stands in other artifacts is repeated.
      this.#texts.delete(artifactId);
      if ([...before].length > 0) {
        yield { type: "retract", reason: `the artifact ${artifactId} was written anew` };
        for (const text of this.#texts.values()) if (text !== "") yield { type: "text-delta", text };
      }
    }
    const text = parts.map(({ content }) => (content?.$case === "text" ? content.value : "")).join("");
    this.#texts.set(artifactId, (append ? (before ?? "") : "") + text);
    yield* this.#parts(parts);
  }

  *#parts(parts: readonly Part[]): Generator<ChatEvent> {
    for (const { content, mediaType } of parts) {
      if (content?.$case === "text" && content.value !== "") yield { type: "text-delta", text: content.value };
      else if (content?.$case === "raw") {
        const type = mediaType === "" ? "application/octet-stream" : mediaType;
        yield { type: "file", mediaType: type, data: new Uint8Array(content.value) };
      } else if (content?.$case === "url")
        yield { type: "data", name: "provider/a2a-file", value: { url: content.value, mediaType } };
      else if (content?.$case === "data")
        yield { type: "data", name: "provider/a2a-data", value: asJson(content.value) };
    }
  }

  *#status({ state, message }: TaskStatus, metadata: Record<string, unknown> | undefined): Generator<ChatEvent> {
    const text = textIn(message?.parts ?? []);
    switch (state) {
      case STATE.completed:
        // Some agents say their answer in the last status, and have no artifact.
        if ([...this.#texts.values()].every((one) => one === "") && text !== "") yield { type: "text-delta", text };
        this.#end("stop", metadata);
        return;
      case STATE.rejected:
        if (text !== "") yield { type: "text-delta", text };
        this.#end("refusal", metadata);
        return;
      case STATE.inputRequired:
        yield* this.#requests(message?.parts ?? [], text);
        this.#end("input-required", metadata);
        return;
      case STATE.failed:
        this.#reason = "other";
        throw new SluiceError("provider-error", text === "" ? "the agent's task failed" : text, {
          retryable: metadata?.retryable === true,
        });
      case STATE.canceled:
        this.#reason = "other";
        throw new SluiceError("cancelled", text === "" ? "the agent's task was cancelled" : text);
      case STATE.authRequired:
        this.#reason = "other";
        throw new SluiceError("authentication", text === "" ? "the agent asks for a login" : text);
      default:
        if (text !== "") yield { type: "data", name: "provider/a2a-status", value: { text } };
    }
  }

  /** Requests of another Sluice are whole; what other agents ask is a question. */
  *#requests(parts: readonly Part[], text: string): Generator<InputRequestEvent> {
    const { task } = this;
    if (task === undefined) return;
    let asked = false;
    for (const { content } of parts) {
      const value: JsonValue = content?.$case === "data" ? asJson(content.value) : null;
      const request = isJsonObject(value) && isJsonObject(value.inputRequest) ? value.inputRequest : undefined;
      if (request === undefined || typeof request.id !== "string") continue;
      asked = true;
      const approval = request.kind === "approval";
      const id = requestId(task, request.id, approval ? "approval" : "question");
      const message = typeof request.message === "string" ? request.message : text;
      const schema = isJsonObject(request.schema) ? request.schema : APPROVAL;
      yield { type: "input-request", id, kind: "question", message, schema };
    }
    if (!asked)
      yield {
        type: "input-request",
        id: requestId(task, "", "text"),
        kind: "question",
        message: text,
        schema: { type: "string" },
      };
  }

  #end(reason: FinishReason, metadata: Record<string, unknown> | undefined): void {
    const stated = metadata?.finishReason;
    this.#reason =
      reason === "stop" && (stated === "length" || stated === "content-filter" || stated === "budget")
        ? stated
        : reason;
    const usage = asJson(metadata?.usage);
    if (isJsonObject(usage)) this.#usage = usageOf(usage);
  }
}

/** What an approval of a call elsewhere is answered with, where it is asked as a question. */
const APPROVAL: JsonObject = {
  type: "object",
  properties: { approve: { type: "boolean" }, reason: { type: "string" } },
  required: ["approve"],
};

function usageOf({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens }: JsonObject): Usage {
  const counts = { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens };
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => typeof value === "number"));
}

function textIn(parts: readonly Part[]): string {
  return parts.map(({ content }) => (content?.$case === "text" ? content.value : "")).join("");
}

function asJson(value: unknown): JsonValue {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
