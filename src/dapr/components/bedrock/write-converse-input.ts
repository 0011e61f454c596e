import type { Warning } from "../../../stream/chat-event.js";
import { type ChatRequest, isProviderTool, type ToolDefinition } from "../../../stream/chat-request.js";
import { SluiceError } from "../../../stream/error.js";
import type { ConverseInput, ConverseToolChoice } from "./bedrock-sdk.js";
import { writeConverseMessages } from "./write-converse-messages.js";

/** Options of a request that Bedrock's Converse has no field for. */
const NOT_SENT = [
  "topK",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "reasoning",
  "responseFormat",
  "user",
] as const;

/**
 * A request as Bedrock's Converse takes it.
 *
 * @throws {SluiceError} `unsupported` for content that it does not take.
 */
export function writeConverseInput(request: ChatRequest, modelId: string, warnings: Warning[]): ConverseInput {
  const { messages, maxTokens, temperature, topP, stop, metadata } = request;
  const inference = {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stop !== undefined && stop.length > 0 && { stopSequences: stop }),
  };
  for (const field of NOT_SENT) {
    if (request[field] !== undefined)
      warnings.push({ field, message: "not sent: Bedrock's Converse has no such option" });
  }
  const written = writeConverseMessages(messages, warnings);
  const toolConfig = writeTools(request, toolsUsed(written.messages), warnings);
  return {
    modelId,
    ...written,
    ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
    ...(toolConfig && { toolConfig }),
    ...(metadata && Object.keys(metadata).length > 0 && { requestMetadata: metadata }),
  };
}

/** @param used names of the tools that were called in the history. */
function writeTools(
  { tools = [], toolChoice }: ChatRequest,
  used: ReadonlySet<string>,
  warnings: Warning[],
): ConverseInput["toolConfig"] | undefined {
  if (tools.length === 0) {
    if (used.size === 0) return undefined;
    warnings.push({
      field: "tools",
      message: "the tools of earlier calls are declared, without which Bedrock refuses",
    });
    return { tools: [...used].map((name) => ({ toolSpec: { name, inputSchema: { json: { type: "object" } } } })) };
  }
  if (toolChoice === "none") {
    if (used.size === 0) return undefined;
    const message = "not sent: Bedrock wants the tools of earlier calls, and has no way to forbid their use";
    warnings.push({ field: "toolChoice", message });
  }
  const choice = writeChoice(toolChoice);
  return {
    tools: tools.map((tool, index) => ({ toolSpec: toolSpec(tool, index) })),
    ...(choice && { toolChoice: choice }),
  };
}

function toolsUsed(messages: ConverseInput["messages"]): Set<string> {
  const names = messages.flatMap(({ content }) => content.map(({ toolUse }) => toolUse?.name));
  return new Set(names.filter((name) => name !== undefined));
}

function toolSpec(tool: NonNullable<ChatRequest["tools"]>[number], index: number) {
  if (isProviderTool(tool)) {
    const field = `tools[${index}]`;
    throw new SluiceError("unsupported", `${field}: a tool of ${tool.dialect} cannot run behind Bedrock`, { field });
  }
  const { name, description, inputSchema }: ToolDefinition = tool;
  // A description without a character is refused.
  return { name, ...(description?.trim() && { description }), inputSchema: { json: inputSchema } };
}

function writeChoice(choice: ChatRequest["toolChoice"]): ConverseToolChoice | undefined {
  if (typeof choice === "object") return { tool: { name: choice.name } };
  if (choice === "required") return { any: {} };
  return choice === "auto" ? { auto: {} } : undefined;
}
