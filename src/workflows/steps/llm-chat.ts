import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { exactly, jsonObject, list as listOf, string } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { conversationTouch } from "../conversations/conversation-touch.js";
import { addedSystem, conversationTurn, describeConversation } from "../conversations/turn.js";
import { choice, flag, list, required, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { RenderedPrompt } from "../prompts/prompt-library.js";
import { callSettings, MODEL_FIELDS, requestSettings, SYSTEM_MESSAGE } from "./model-fields.js";
import type { PartThinking } from "./part-thinking.js";
import type { StepAnswer, StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";
import { extractedThinking, thinkingMode, withoutThinking } from "./thinking.js";

/** Asks a model. What it says reaches the run's reader while it says it. */
export const llmChat: StepType = {
  type: "llm_chat",
  aliases: [
    "chat",
    "llm",
    "prompt",
    "llm_call",
    "llm_prompt",
    "ai",
    "generate",
    "completion",
    "chat_completion",
    "llm_node",
    "ask",
  ],
  about: "Asks a model; with conversation memory where use_conversation is set.",
  config: {
    ...MODEL_FIELDS,
    stream: flag("Gives the pieces of the answer as `chunks` too.", { aliases: ["streaming", "enable_streaming"] }),
    use_conversation: flag("Remembers what was said before in the conversation.", { aliases: ["use_memory"] }),
    conversation_id: text("Which conversation. Default: that of the run."),
    system_message: SYSTEM_MESSAGE,
    thinking_tokens_mode: choice("What happens to thinking in the answer's text.", ["show", "hide", "extract", "auto"]),
    thinking_tokens_delimiters: list("Not used."),
    preserve_thinking: flag("As thinking_tokens_mode show."),
  },
  inputs: {
    message: required(
      text("What is asked.", {
        aliases: ["prompt", "template", "user_message", "question", "query", "text", "content"],
      }),
    ),
    messages: list("Messages with role and content, in place of one."),
  },
  results: {
    response: "The answer.",
    message: "What was asked.",
    streamed: "Whether the step streams.",
    chunks: "The answer in the pieces in which it arrived; with `stream`.",
    provider: "Of the model.",
    model: "The model.",
    usage: "Tokens.",
    timing: "ttft_ms and duration_ms.",
    execution_time_ms: "How long the answer took.",
    finish_reason: "Why the model stopped.",
    system_prompt: "The instructions.",
    service_type: "generation, or conversation.",
    conversation_id: "Of a conversation.",
    total_messages: "Of a conversation, the instructions included.",
    first_prompt: "The first that was asked in the conversation.",
    last_response: "The last answer of the conversation.",
    buffered_chunks: "The pieces as they went on; with stream_buffer.",
    buffer_stats: "What the buffer did; with stream_buffer.",
    thinking_content: "What the model thought; in mode extract.",
    has_thinking_tokens: "Whether it thought; in mode extract.",
    original_response: "The answer with its thinking; in mode extract.",
    thinking_tokens_mode: "As it was set.",
    prompt_id: "Of prompt_ref.",
    prompt_version: "Of prompt_ref.",
    rendered_messages: "Of prompt_ref.",
  },
  main: "response",
  writes: "response",
  group: "llm",
  touches: (outline) => (outline.config.use_conversation === true ? [conversationTouch(outline)] : []),
  run: (context) => (context.config.use_conversation === true ? inConversation(context) : once(context)),
};

async function once(context: StepContext): Promise<StepResult> {
  const { messages, prompt } = await messagesOf(context);
  const { model, thinking } = thinkingModel(context);
  const answer = await context.read(model.stream({ ...requestSettings(context), messages }, callSettings(context)));
  return { ...common(context, answer, model.id, messages), ...thinking(answer), ...prompt, service_type: "generation" };
}

async function inConversation(context: StepContext): Promise<StepResult> {
  const { config } = context;
  const { messages, prompt } = await messagesOf(context);
  const id = typeof config.conversation_id === "string" ? config.conversation_id : context.runId;
  const { model, thinking } = thinkingModel(context);
  const conversation = context.conversation(id, model);
  const system = messages.find(({ role }) => role === "system")?.content;
  if (typeof system === "string") await addedSystem(conversation, system);
  const request = requestSettings(context);
  const call = callSettings(context);
  const turn = await conversationTurn(conversation, lastText(messages), { ...call, request }, context.attempt);
  const answer = await context.read(turn);
  return {
    ...common(context, answer, model.id, messages),
    ...thinking(answer),
    ...prompt,
    service_type: "conversation",
    ...(await describeConversation(conversation, id)),
  };
}

/** The messages of the prompt library, or instructions and what is asked. */
async function messagesOf(context: StepContext): Promise<{ messages: ChatMessage[]; prompt: JsonObject }> {
  const { prompt, services, config } = context;
  const system = config.system_message;
  const instructions: ChatMessage[] =
    system === undefined || system === null || system === "" ? [] : [{ role: "system", content: asText(system) }];
  const { messages: turns } = context.inputs;
  if (prompt === undefined && turns !== undefined && context.inputs.message === undefined)
    return { messages: [...instructions, ...turnsIn(turns)], prompt: {} };
  if (prompt === undefined) {
    const content = asText(context.need("message"));
    if (content.trim() === "") {
      throw new SluiceError("invalid-argument", "the message is empty", { field: "inputs.message" });
    }
    return { messages: [...instructions, { role: "user", content }], prompt: {} };
  }
  if (services.prompts === undefined) {
    throw new SluiceError("unsupported", `the prompt ${prompt.id} needs a prompt library: the option prompts`);
  }
  const rendered = await services.prompts.render(prompt.id, prompt.variables, prompt.version);
  checkRendered(rendered, "prompts.render()");
  const own = context.field("message");
  const asked: ChatMessage[] = own === undefined || own === null ? [] : [{ role: "user", content: asText(own) }];
  return {
    messages: [...instructions, ...rendered.messages, ...asked],
    prompt: {
      prompt_id: rendered.id,
      prompt_version: rendered.version,
      rendered_messages: rendered.messages.map(({ role, content }) => ({
        role,
        content: asText(content as JsonValue),
      })),
    },
  };
}

/** `[{"role": "user", "content": "…"}]`; a text is a user's. */
function turnsIn(turns: JsonValue): ChatMessage[] {
  const list = typeof turns === "string" ? [turns] : turns;
  if (!Array.isArray(list) || list.length === 0) throw invalid("inputs.messages", turns, "a list of messages");
  return list.map((one, index) => {
    if (typeof one === "string") return { role: "user", content: one };
    const { role = "user", content } = isJsonObject(one) ? one : {};
    if (role !== "system" && role !== "user" && role !== "assistant")
      throw invalid(`inputs.messages[${index}].role`, role, "system, user or assistant");
    if (content === undefined) throw invalid(`inputs.messages[${index}]`, one, "an object with role and content");
    return { role, content: asText(content) };
  });
}

/** A library may be the user's own. What its messages are, the model's request is checked for. */
const checkRendered = exactly("a prompt that was filled in", {
  id: { required: string },
  version: { required: string },
  messages: { required: listOf("messages", jsonObject, 1) },
} satisfies Record<keyof RenderedPrompt, unknown>);

/** The step's model, and what the results say of its thinking. */
function thinkingModel(context: StepContext): { model: ChatModel; thinking(answer: StepAnswer): StepResult } {
  const mode = thinkingMode(context.config, context.settings);
  if (mode !== "extract") return { model: context.model(), thinking: () => ({ thinking_tokens_mode: mode }) };
  let parting: PartThinking | undefined;
  const model = withoutThinking(context.model({}, { thinking: "within" }), (begun) => {
    parting = begun;
  });
  const thinking = (answer: StepAnswer) => ({
    thinking_tokens_mode: mode,
    ...extractedThinking(answer, parting?.original ?? answer.text),
  });
  return { model, thinking };
}

function common(
  { config }: StepContext,
  answer: StepAnswer,
  model: string,
  messages: readonly ChatMessage[],
): StepResult {
  const [provider = model] = model.split("/");
  const { usage, ttftMs, durationMs } = answer;
  return {
    response: answer.text,
    message: lastText(messages),
    streamed: config.stream === true,
    ...(config.stream === true && { chunks: answer.chunks }),
    provider: typeof config.provider === "string" ? config.provider : provider,
    model: typeof config.model === "string" ? config.model : model,
    usage: plainUsage(usage),
    timing: { ...(ttftMs !== undefined && { ttft_ms: ttftMs }), duration_ms: durationMs },
    execution_time_ms: durationMs,
    finish_reason: answer.finishReason,
    ...(typeof config.system_message === "string" && { system_prompt: config.system_message }),
    ...(answer.buffered && { buffered_chunks: answer.buffered, buffer_stats: answer.bufferStats ?? {} }),
  };
}

function lastText(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1)?.content;
  return typeof last === "string" ? last : "";
}

/** Token counts as a step's result has them. */
function plainUsage(usage: StepAnswer["usage"]): JsonObject {
  const { inputTokens, outputTokens, reasoningTokens } = usage;
  return {
    ...(inputTokens !== undefined && { input_tokens: inputTokens }),
    ...(outputTokens !== undefined && { output_tokens: outputTokens }),
    ...(reasoningTokens !== undefined && { reasoning_tokens: reasoningTokens }),
  };
}
