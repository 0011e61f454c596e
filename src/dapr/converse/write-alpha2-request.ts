import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Warning } from "../../stream/chat-event.js";
import { type ChatRequest, isProviderTool, type ToolChoice, type ToolDefinition } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import {
  type ConversationRequestAlpha2,
  ConversationRequestAlpha2Schema,
  type ConversationToolsSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import type { ConverseTarget } from "./converse-options.js";
import { withJsonFields } from "./proto-json.js";
import { warnOfUnsent } from "./unsent-options.js";
import { writeAlpha2Messages } from "./write-alpha2-messages.js";
import { writeParameters } from "./write-parameters.js";
import { writeResponseFormat } from "./write-response-format.js";

/** A request as it is sent, and what of it was not sent as it was given. */
export interface WrittenRequest<Message> {
  /** In the form of its protocol. */
  message: Message;
  /** Empty where all was sent as it was given. */
  warnings: Warning[];
}

/**
 * A request of Alpha2: one input that holds the whole history. Fields of `providerOptions.dapr` are merged into it by their
 * names in protojson.
 *
 * @throws {SluiceError} `unsupported` for tools of providers, `invalid-argument` for fields in
 *   `providerOptions.dapr` that the API does not have.
 */
export function writeAlpha2Request(
  request: ChatRequest,
  target: ConverseTarget,
): WrittenRequest<ConversationRequestAlpha2> {
  const warnings: Warning[] = [];
  const { component, contextId, scrubInput, scrubOutput, parameters = {}, promptCacheRetentionMs } = target;
  const { temperature, maxTokens, metadata = {}, toolChoice } = request;
  const tools = callersTools(request);
  warnOfUnsent(request, target, ALPHA2_UNSENT, "Dapr's conversation API", warnings);
  const responseFormat = writeResponseFormat(request.responseFormat, warnings);
  const message = create(ConversationRequestAlpha2Schema, {
    name: component,
    inputs: [
      {
        messages: writeAlpha2Messages(request.messages, warnings),
        ...(scrubInput !== undefined && { scrubPii: scrubInput }),
      },
    ],
    parameters: writeParameters(parameters),
    metadata,
    tools: tools.map((tool, index) => writeTool(tool, index, warnings)),
    ...(contextId !== undefined && { contextId }),
    ...(scrubOutput !== undefined && { scrubPii: scrubOutput }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens: BigInt(maxTokens) }),
    ...(toolChoice !== undefined && tools.length > 0 && { toolChoice: choiceName(toolChoice) }),
    ...(responseFormat !== undefined && { responseFormat }),
    ...(promptCacheRetentionMs !== undefined && { promptCacheRetention: durationOf(promptCacheRetentionMs) }),
  });
  const { dapr } = request.providerOptions ?? {};
  return { message: dapr ? withJsonFields(ConversationRequestAlpha2Schema, message, dapr) : message, warnings };
}

const ALPHA2_UNSENT = [
  "topP",
  "topK",
  "parallelToolCalls",
  "stop",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "reasoning",
  "user",
] as const satisfies readonly (keyof ChatRequest)[];

/**
 * The tools of a request, all of which the caller runs.
 *
 * @throws {SluiceError} `unsupported` for a tool that the provider runs, naming it.
 */
export function callersTools({ tools = [] }: ChatRequest): ToolDefinition[] {
  return tools.map((tool, index) => {
    if (!isProviderTool(tool)) return tool;
    const field = `tools[${index}]`;
    const message = `${field}: found a tool of ${tool.dialect}; Dapr's conversation API carries tools that the caller runs`;
    throw new SluiceError("unsupported", message, { field });
  });
}

function writeTool(
  { name, description, inputSchema, strict }: ToolDefinition,
  index: number,
  warnings: Warning[],
): WrittenTool {
  if (strict) warnings.push({ field: `tools[${index}].strict`, message: "not sent: Dapr's tools have no such option" });
  const value = { name, ...(description !== undefined && { description }), parameters: inputSchema };
  return { toolTypes: { case: "function", value } };
}

type WrittenTool = MessageInitShape<typeof ConversationToolsSchema>;

function choiceName(choice: ToolChoice): string {
  return typeof choice === "string" ? choice : choice.name;
}

function durationOf(ms: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: Math.round((ms % 1_000) * 1_000_000) };
}
