import type { FinishReason, ToolResultEvent } from "../stream/chat-event.js";
import type { WriterContext } from "./dialect.js";

/** Which calls of an answer its client has to run: one that it does not declare may have run behind this server. */
export class ClientCalls {
  readonly #declared: ReadonlySet<string | undefined>;
  #loop = false;

  constructor({ request }: Pick<WriterContext, "request">) {
    this.#declared = new Set(request.tools?.map((tool) => tool.name));
  }

  /** The answer is made of several model calls, with tools that run here. */
  step(): void {
    this.#loop = true;
  }

  /** Whether the provider runs a call, or a tool loop behind this server does. */
  runsElsewhere({ name, providerExecuted }: { name: string; providerExecuted?: true }): boolean {
    return providerExecuted === true || (this.#loop && !this.#declared.has(name));
  }

  /**
   * Whether a client is given a result: the last one of a call that runs elsewhere. It runs its own tools and has no use for
   * their results, nor for what is only progress.
   */
  takesResult(result: ToolResultEvent): boolean {
    return !result.preliminary && this.runsElsewhere(result);
  }
}

/**
 * The reason as a client is given it: one that waits for tools or for somebody means nothing to a client without calls to
 * run, which would wait for ever or send the answer back.
 */
export function clientReason(reason: FinishReason, hasCalls: boolean): FinishReason {
  if (reason !== "tool-calls" && reason !== "input-required") return reason;
  return hasCalls ? "tool-calls" : "stop";
}
