import type { JsonObject } from "../../base/json.js";
import type { StartEvent } from "../../stream/chat-event.js";
import type { WriterContext } from "../dialect.js";
import { RESPONSES } from "./opaque.js";
import { writeDefinition } from "./write-tools.js";

/** What Open Responses requires of every function, whether or not the client sent it. */
const FUNCTION = { description: null, parameters: null };

/** The fields of a response that the request or the start of the answer decides, as its clients expect them to be there. */
export function responseObject(context: WriterContext, start: StartEvent | undefined): JsonObject {
  const { request } = context;
  return {
    id: start?.id ?? "",
    object: "response",
    created_at: context.created ?? Math.floor(Date.now() / 1_000),
    completed_at: null,
    status: "in_progress",
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: request.maxTokens ?? null,
    metadata: request.metadata ?? {},
    model: start?.model || context.model,
    output: [],
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: null },
    store: request.providerOptions?.[RESPONSES]?.store === true,
    // Open Responses requires numbers: the defaults.
    temperature: request.temperature ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    max_tool_calls: null,
    service_tier: "default",
    safety_identifier: null,
    prompt_cache_key: null,
    text: { format: { type: "text" } },
    tool_choice: typeof request.toolChoice === "string" ? request.toolChoice : "auto",
    tools: (request.tools ?? [])
      .map(writeDefinition)
      .map((tool) => (tool.type === "function" ? { ...FUNCTION, ...tool } : tool)),
    top_p: request.topP ?? 1,
    truncation: "disabled",
    usage: null,
    user: request.user ?? null,
    ...context.fields,
  };
}
