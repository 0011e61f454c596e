import { isJsonObject } from "../../base/json.js";
import { invalid } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { conversationTouch } from "../conversations/conversation-touch.js";
import { choice, object, required, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { StepType } from "./step-type.js";

/** Adds a message without asking a model. */
export const addToConversation: StepType = {
  type: "add_to_conversation",
  about: "Adds a message to a conversation, without asking a model.",
  config: {
    conversation_id: text("Which one. Default: that of the run."),
    role: choice("Who says it. Default: user.", ["user", "assistant", "system"]),
  },
  inputs: {
    content: required(text("What is said.", { aliases: ["message", "text"] })),
    metadata: object("Kept with the message."),
  },
  results: {
    conversation_id: "Names the conversation.",
    message_role: "Who said it.",
    message_content: "What was said.",
    message_timestamp: "When, as ISO 8601.",
    total_messages: "How many messages it has.",
  },
  main: "message_content",
  touches: (outline) => [conversationTouch(outline)],
  async run(context) {
    const given = context.field("conversation_id");
    const id = typeof given === "string" ? given : context.runId;
    const content = asText(context.need("content"));
    const role = context.field("role") ?? "user";
    if (role !== "user" && role !== "assistant" && role !== "system")
      throw invalid("role", role, "user, assistant, system");
    const message: ChatMessage = { role, content };
    const metadata = context.field("metadata");
    const conversation = context.conversation(id);
    const stored = await conversation.add(message, isJsonObject(metadata) ? metadata : undefined);
    return {
      conversation_id: id,
      message_role: role,
      message_content: content,
      message_timestamp: stored.createdAt,
      total_messages: (await conversation.messages()).length,
    };
  },
};
