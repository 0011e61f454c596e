import type { ChatRequest } from "../../stream/chat-request.js";
import { isProviderTool } from "../../stream/chat-request.js";
import { type Check, exactly, filledString, limit, list } from "../../stream/checks.js";
import type { ChatMessage } from "../../stream/message.js";
import { type Tool, tool } from "../../tools/tool.js";
import { Toolbox, type ToolSource } from "../../tools/toolbox.js";
import { bestMatches } from "./best-matches.js";

/** Settings of an agent's `toolSearch`. */
export interface ToolSearchOptions {
  /** Names of tools that the model always sees. Default: none but those that the agent's other settings bring. */
  always?: readonly string[];
  /** Most tools that one search finds. Default 5. */
  top?: number;
}

/** The tool that finds others. */
const FIND_TOOLS = "find_tools";

/** @throws {SluiceError} `invalid-argument`. */
export const checkToolSearch: Check = exactly(
  "toolSearch",
  { always: list("a list of names of tools", filledString), top: limit } satisfies Record<
    keyof ToolSearchOptions,
    Check
  >,
  "toolSearch",
);

/** Makes the tool that finds some of many tools by what they are for. */
export function findTool(tools: readonly (Tool | ToolSource)[], { top = 5 }: ToolSearchOptions): Tool {
  return tool({
    name: FIND_TOOLS,
    description:
      "Finds tools by what they do. There are more tools than you see: search for what you need, and call those that are found in your next step.",
    input: {
      type: "object",
      properties: {
        query: { type: "string", minLength: 1, maxLength: 1_000, description: "What the tool should do." },
      },
      required: ["query"],
      additionalProperties: false,
    },
    run: async ({ query }) => {
      const { definitions } = await Toolbox.gather(tools);
      const found = bestMatches(String(query), definitions, top);
      if (found.length > 0) return found.map(({ name, description = "" }) => ({ name, description }));
      return { found: [], names: definitions.map(({ name }) => name).slice(0, 200) };
    },
  }) as Tool;
}

/** A request with the tools alone that were found in its messages, and those that are always there; in this order, so what is cached stays. */
export function narrowed(request: ChatRequest, always: ReadonlySet<string>): ChatRequest {
  const { tools = [], toolChoice } = request;
  const found = foundIn(request.messages);
  const chosen = typeof toolChoice === "object" ? toolChoice.name : undefined;
  const stays = tools.filter((one) => isProviderTool(one) || always.has(one.name));
  const byName = new Map(tools.flatMap((one) => (isProviderTool(one) ? [] : [[one.name, one] as const])));
  const more = [...found, ...(chosen === undefined ? [] : [chosen])].flatMap((name) => {
    const one = byName.get(name);
    return one === undefined || always.has(name) ? [] : [one];
  });
  return { ...request, tools: [...stays, ...new Set(more)] };
}

/** The names of tools that searches have found, or that were called, in the order in which that happened. */
function foundIn(messages: readonly ChatMessage[]): Set<string> {
  const names = new Set<string>();
  for (const { content } of messages) {
    if (typeof content === "string") continue;
    for (const part of content) {
      if (part.type === "tool-call" && part.name !== FIND_TOOLS) names.add(part.name);
      if (part.type !== "tool-result" || part.name !== FIND_TOOLS || !Array.isArray(part.output)) continue;
      for (const one of part.output) {
        if (typeof one === "object" && one !== null && "name" in one && typeof one.name === "string")
          names.add(one.name);
      }
    }
  }
  return names;
}
