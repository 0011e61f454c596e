import type { JsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import type { ToolContext } from "../tool.js";
import type { McpElicitation, McpElicitationAnswer } from "./mcp-elicitation.js";

type Ask = ToolContext["ask"];

/** What opening a page is answered with. */
const OPENED: JsonObject = { type: "boolean", description: "Whether the page was opened." };

/**
 * Puts what a server wants to know to whoever answers the stream's requests for input: as a question of the tool call that runs.
 * The protocol does not say which call a server asks for; where several run, it is taken for the newest.
 */
export class AskElicitation {
  readonly #running = new Set<Ask>();

  /** Runs a call whose questions may come. */
  async during<T>(ask: Ask, run: () => Promise<T>): Promise<T> {
    this.#running.add(ask);
    try {
      return await run();
    } finally {
      this.#running.delete(ask);
    }
  }

  /** Answers an elicitation. */
  readonly answer = async (request: McpElicitation): Promise<McpElicitationAnswer> => {
    const ask = [...this.#running].at(-1);
    if (ask === undefined) return { action: "cancel" };
    try {
      if (request.mode === "url") {
        const opened = await ask({ message: `${request.message}\n${request.url}`, schema: OPENED });
        return { action: opened === true ? "accept" : "decline" };
      }
      const content = await ask({ message: request.message, schema: request.schema });
      return {
        action: "accept",
        content: content as NonNullable<(McpElicitationAnswer & { action: "accept" })["content"]>,
      };
    } catch (thrown) {
      if (thrown instanceof SluiceError && thrown.code === "declined") return { action: "decline" };
      throw thrown;
    }
  };
}
