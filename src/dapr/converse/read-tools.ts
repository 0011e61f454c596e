import type { ChatRequest, ToolChoice, ToolDefinition } from "../../stream/chat-request.js";
import type { ConversationTools } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { invalidParams } from "./api-error.js";

/**
 * The tools of a request, and which of them to call: `auto` unless the request says otherwise.
 *
 * @throws {SluiceError} `invalid-request` in daprd's words for a choice that cannot be made.
 */
export function readTools(
  component: string,
  tools: readonly ConversationTools[],
  choice: string,
): Pick<ChatRequest, "tools" | "toolChoice"> {
  const definitions = tools.flatMap(definitionOf);
  const names = definitions.map(({ name }) => name);
  const toolChoice = readChoice(component, choice, names, tools.length > 0);
  return {
    ...(definitions.length > 0 && { tools: definitions }),
    ...(toolChoice !== undefined && { toolChoice }),
  };
}

function definitionOf({ toolTypes }: ConversationTools): ToolDefinition[] {
  if (toolTypes.case === undefined) return [];
  const { name, description, parameters } = toolTypes.value;
  return [
    {
      name,
      ...(description !== undefined && description !== "" && { description }),
      inputSchema: parameters ?? { type: "object", properties: {} },
    },
  ];
}

const ALLOWED = "'auto', 'none', 'required', or a specific tool name matching the tools available to be used";

function readChoice(
  component: string,
  choice: string,
  names: readonly string[],
  hasTools: boolean,
): ToolChoice | undefined {
  switch (choice) {
    case "":
      return hasTools ? "auto" : undefined;
    case "auto":
    case "none":
      return choice;
    case "required":
      if (!hasTools) throw invalidParams(component, `tool choice must be ${ALLOWED}`);
      return choice;
    default:
      // Without tools daprd looks no further, and there is nothing to choose.
      if (!hasTools) return undefined;
      if (names.includes(choice)) return { name: choice };
      throw invalidParams(component, `tool choice selected was not found. Must be ${ALLOWED}`);
  }
}
