import type { RawData, WebSocket } from "ws";
import { parseJson } from "../../base/json.js";
import { openAiResponses } from "../../dialects/openai-responses/openai-responses.js";
import { endsRun } from "../../stream/envelope.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { type Asked, startAnswer } from "../answer.js";
import type { ServerCall } from "../call.js";
import type { Caller } from "../protect/caller.js";
import type { ServerCore } from "../server-core.js";
import { socketCall } from "../socket-call.js";
import { askedOf, bodyOfMessage } from "./response-routes.js";

/** Where the socket is asked for, as Open Responses has it. */
export const RESPONSES_PATH = "/v1/responses";

/** Requests that may wait on one connection. */
const MAX_WAITING = 16;

/** One client's connection on which responses are asked for, one after the other, each answered with its events. */
export class ResponseSocket {
  readonly #client: WebSocket;
  readonly #core: ServerCore;
  readonly #call: ServerCall;
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(client: WebSocket, core: ServerCore, caller: Caller) {
    this.#client = client;
    this.#core = core;
    const left = new AbortController();
    this.#call = socketCall(caller, RESPONSES_PATH, left.signal);
    client.on("error", () => {});
    client.on("close", () => left.abort(new SluiceError("cancelled", "the client left")));
    client.on("message", (data) => this.#take(data));
  }

  #take(data: RawData): void {
    if (this.#waiting >= MAX_WAITING) {
      void this.#fail(new SluiceError("rate-limited", `more than ${MAX_WAITING} requests wait on this connection`));
      return;
    }
    this.#waiting++;
    this.#turn = this.#turn.then(async () => {
      await this.#answer(data.toString()).catch((thrown) => this.#fail(thrown));
      this.#waiting--;
    });
  }

  async #answer(text: string): Promise<void> {
    let asked: Asked;
    try {
      asked = await askedOf(this.#core, this.#call, bodyOfMessage(parseJson(text)));
    } catch (thrown) {
      if (thrown instanceof SluiceError) throw thrown;
      throw new SluiceError("invalid-request", `the message is not JSON: ${messageOf(thrown)}`);
    }
    const run = await startAnswer(this.#core, this.#call, asked);
    const { served, fields, id = run.id } = asked;
    const writer = openAiResponses.writer({ model: served.model, request: served.request, ...(fields && { fields }) });
    const reader = run.read();
    const onLeave = () => reader.cancel();
    this.#call.signal.addEventListener("abort", onLeave, { once: true });
    if (this.#call.signal.aborted) onLeave();
    for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
      const frames: string[] = [];
      const write = (frame: { data: string }) => void frames.push(frame.data);
      if ("error" in entry) writer.fail(entry.error, write);
      else for (const event of entry.events) writer.push(event.type === "start" ? { ...event, id } : event, write);
      await this.#send(frames);
      if (endsRun(entry)) break;
    }
    this.#call.signal.removeEventListener("abort", onLeave);
  }

  /** Resolves when the client's connection has taken them: the source is read no faster. */
  async #send(frames: readonly string[]): Promise<void> {
    const last = frames.length - 1;
    for (const [index, frame] of frames.entries()) {
      if (index < last) this.#client.send(frame);
      else await new Promise<void>((resolve) => this.#client.send(frame, () => resolve()));
    }
  }

  async #fail(thrown: unknown): Promise<void> {
    const { status, body } = openAiResponses.writeError(SluiceError.from(thrown, "protocol"));
    await this.#send([JSON.stringify({ type: "error", status, ...body })]);
  }
}
