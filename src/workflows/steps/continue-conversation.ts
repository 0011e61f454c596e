import { lastMessages } from "../../chat/last-messages-window.js";
import { conversationTouch } from "../conversations/conversation-touch.js";
import { conversationTurn } from "../conversations/turn.js";
import { flag, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { callSettings, MODEL_FIELDS, requestSettings } from "./model-fields.js";
import type { StepType } from "./step-type.js";

/** Says something in a conversation, and has the answer. */
export const continueConversation: StepType = {
  type: "continue_conversation",
  about: "Says something in a conversation; the model answers with what was said before in mind.",
  config: {
    ...MODEL_FIELDS,
    conversation_id: text("Which one. Default: that of the run."),
    include_system_messages: flag("Whether the instructions are sent. Default true."),
    history_limit: whole("How many messages are sent at most; 0 for all."),
    stream: flag("Gives the pieces of the answer as `chunks` too."),
  },
  inputs: {
    message: required(text("What is said.", { aliases: ["user_message", "prompt", "text", "content"] })),
  },
  results: {
    conversation_id: "Names the conversation.",
    user_message: "What was said.",
    assistant_response: "The answer.",
    response: "The answer.",
    total_messages: "How many messages it has.",
    provider: "Of the model.",
    model: "The model.",
    history_used: "How many messages there were before.",
    chunks: "The answer in the pieces in which it arrived; with `stream`.",
    streamed: "Whether the step streams.",
  },
  main: "assistant_response",
  writes: "assistant_response",
  group: "llm",
  touches: (outline) => [conversationTouch(outline)],
  async run(context) {
    const { config, attempt } = context;
    const given = context.field("conversation_id");
    const id = typeof given === "string" ? given : context.runId;
    const message = asText(context.need("message"));
    const model = context.model();
    const limit = context.field("history_limit");
    const window = typeof limit === "number" && limit > 0 ? lastMessages(limit) : undefined;
    const bare = config.include_system_messages === false;
    const conversation = context.conversation(id, model, {
      ...(window && { window }),
      ...(bare && { withoutSystem: true }),
    });
    const before = (await conversation.messages()).length;
    const options = { ...callSettings(context), request: requestSettings(context) };
    const answer = await context.read(await conversationTurn(conversation, message, options, attempt));
    const [provider = model.id] = model.id.split("/");
    return {
      conversation_id: id,
      user_message: message,
      assistant_response: answer.text,
      response: answer.text,
      total_messages: (await conversation.messages()).length,
      provider: typeof config.provider === "string" ? config.provider : provider,
      model: typeof config.model === "string" ? config.model : model.id,
      history_used: typeof limit === "number" && limit > 0 ? Math.min(limit, before) : before,
      streamed: config.stream === true,
      ...(config.stream === true && { chunks: answer.chunks }),
    };
  },
};
