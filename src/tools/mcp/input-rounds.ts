import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";

/** The id of a request of JSON-RPC. */
export type RequestId = string | number;
/** The answer to one, which has the same id. */
export type Reply = Exclude<JSONRPCMessage, { method: string }>;

/** How often one request may be asked for input: a server that never has enough is left. */
const MOST_ROUNDS = 16;

interface Round {
  /** Under which id the request was sent last. */
  sentAs: RequestId;
  count: number;
  /** The ids of what the client is being asked. */
  asked: Set<RequestId>;
}

/** Asks a client what results of its requests ask for (MCP 2026-07-28, Multi Round-Trip Requests). */
export class InputRounds {
  readonly #deliver: (message: JSONRPCMessage) => void;
  readonly #rounds = new Map<RequestId, Round>();
  readonly #answers = new Map<RequestId, (reply: Reply) => void>();

  /** @param deliver gives the client a message. */
  constructor(deliver: (message: JSONRPCMessage) => void) {
    this.#deliver = deliver;
  }

  /** A request of the client's was sent, under an id of its own from the second time on. */
  sentAs(request: RequestId, id: RequestId): void {
    const round = this.#rounds.get(request);
    if (round === undefined) this.#rounds.set(request, { sentAs: id, count: 0, asked: new Set() });
    else round.sentAs = id;
  }

  /**
   * Asks the client, and then again with its answers.
   *
   * @throws {Error} where the client cannot answer, or is asked too often.
   */
  async ask(request: RequestId, result: JsonObject, again: (more: JsonObject) => Promise<void>): Promise<void> {
    const round = this.#rounds.get(request);
    if (round === undefined) return;
    if (++round.count > MOST_ROUNDS) throw new Error(`the server asked ${MOST_ROUNDS} times for input`);
    const { inputRequests, requestState } = result;
    const entries = isJsonObject(inputRequests) ? Object.entries(inputRequests) : [];
    const answers = await Promise.all(
      entries.map(async ([key, asked]) => [key, await this.#one(round, request, key, asked)]),
    );
    // Who gave it up meanwhile asks no more.
    if (this.#rounds.get(request) !== round) return;
    await again({
      ...(answers.length > 0 && { inputResponses: Object.fromEntries(answers) as JsonObject }),
      ...(requestState !== undefined && { requestState }),
    });
  }

  /** The client has answered. */
  answered(reply: Reply): void {
    if (reply.id !== undefined) this.#answers.get(reply.id)?.(reply);
  }

  /** A request is answered, or given up. @returns the id under which it was sent last. */
  over(request: RequestId): RequestId | undefined {
    const round = this.#rounds.get(request);
    if (round === undefined) return undefined;
    this.#rounds.delete(request);
    for (const requestId of round.asked) {
      this.#answers.delete(requestId);
      this.#deliver({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } });
    }
    return round.sentAs;
  }

  async #one(round: Round, request: RequestId, key: string, asked: unknown): Promise<JsonObject> {
    if (!isJsonObject(asked) || typeof asked.method !== "string") throw new Error("the server asked for nothing");
    const id = `${request}/${round.count}/${key}`;
    const reply = await new Promise<Reply>((resolve) => {
      round.asked.add(id);
      this.#answers.set(id, resolve);
      this.#deliver({ jsonrpc: "2.0", id, method: asked.method, params: asked.params ?? {} } as JSONRPCMessage);
    });
    round.asked.delete(id);
    this.#answers.delete(id);
    if ("error" in reply) throw new Error(`the server asked what cannot be answered: ${reply.error.message}`);
    return reply.result as JsonObject;
  }
}
