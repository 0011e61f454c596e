import type { ChatMessage, InputRequestPart, InputResponsePart } from "../stream/message.js";
import { outerRequestId, type SuspendedCall } from "../stream/suspended-call.js";
import type { CallRequests } from "./call-requests.js";
import { type OpenCall, readHistory, waitingRequests } from "./history.js";

/** A request that waits inside a suspended call. */
interface InnerRequest {
  /** With the id that is known outside. */
  request: InputRequestPart;
  /** The id that the inner stream knows. */
  innerId: string;
  /** The names of the tools between the call and whoever asks. */
  from: readonly string[];
}

/** What the inner stream of one call goes on from: its output before it was suspended, and what was answered since. */
export class InnerAnswers {
  readonly #name: string;
  readonly #requests: CallRequests;
  #messages: readonly ChatMessage[] = [];

  constructor(name: string, requests: CallRequests) {
    this.#name = name;
    this.#requests = requests;
  }

  /** To be put behind the messages that the inner model is asked with; empty in the first run. */
  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /**
   * Takes the responses that came with the messages. Returns whether there is a reason to run the call: without a new
   * response it goes on waiting.
   *
   * @param asks whether a handler is asked: what messages say does not count then, and the inner stream asks again.
   */
  resume({ suspended, responses }: OpenCall, asks: boolean): boolean {
    if (suspended === undefined || suspended.messages.length === 0) return true;
    this.#messages = suspended.messages;
    if (asks) return true;
    const content = innerRequests(suspended).flatMap(({ request, innerId }): InputResponsePart[] => {
      const response = responses.get(request.id);
      return response === undefined ? [] : [{ type: "input-response", id: innerId, response }];
    });
    if (content.length > 0) this.#messages = [...suspended.messages, { role: "tool", content }];
    return content.length > 0;
  }

  /** Has the handler answer everything that waits. Returns whether there is a handler. */
  async ask(suspended: SuspendedCall): Promise<boolean> {
    const answers = innerRequests(suspended).map(async ({ request, innerId, from }) => {
      const response = await this.#requests.askHandler(request, [this.#name, ...from]);
      return response && { type: "input-response" as const, id: innerId, response };
    });
    const content = (await Promise.all(answers)).filter((part) => part !== undefined);
    if (content.length > 0) this.#messages = [...suspended.messages, { role: "tool", content }];
    return content.length > 0;
  }
}

/** What a suspended call's inner stream waits for. */
export function innerRequests({ path, messages }: SuspendedCall): InnerRequest[] {
  return readHistory(messages).open.flatMap((open) => {
    const names = open.suspended === undefined ? new Map<string, readonly string[]>() : namesOf(open.suspended);
    return waitingRequests(open).map((request) => ({
      request: { ...request, id: outerRequestId(path, request.id) },
      innerId: request.id,
      from: names.has(request.id) ? [open.call.name, ...(names.get(request.id) ?? [])] : [],
    }));
  });
}

function namesOf(suspended: SuspendedCall): Map<string, readonly string[]> {
  return new Map(innerRequests(suspended).map(({ request, from }) => [request.id, from]));
}
