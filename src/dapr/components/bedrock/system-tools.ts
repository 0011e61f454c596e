import type { JsonValue } from "../../../base/json.js";
import type { ChatEvent } from "../../../stream/chat-event.js";
import type { ConverseResultContent } from "./bedrock-sdk.js";

/** The type of a call of a tool that Bedrock runs itself, such as Nova's search: it is nobody else's to run. */
const SERVER_TOOL = "server_tool_use";

/** The calls of an answer that Bedrock runs itself, and what came of them. */
export class SystemTools {
  readonly #names = new Map<string, string>();

  /** What a call says beside its name and arguments. @param type of its block. */
  called(callId: string, name: string, type: string | undefined): { providerExecuted?: true } {
    if (type !== SERVER_TOOL) return {};
    this.#names.set(callId, name);
    return { providerExecuted: true };
  }

  /** The result of one of them. */
  result(callId: string, content: readonly ConverseResultContent[], status: string | undefined): ChatEvent {
    const parts = content.flatMap((part): JsonValue[] => {
      if ("text" in part) return [part.text];
      return "json" in part ? [part.json] : [];
    });
    const [only] = parts;
    return {
      type: "tool-result",
      callId,
      name: this.#names.get(callId) ?? "tool",
      output: parts.length === 1 && only !== undefined ? only : parts,
      providerExecuted: true,
      ...(status === "error" && { isError: true }),
    };
  }
}
