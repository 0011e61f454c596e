import { conversationTouch } from "../conversations/conversation-touch.js";
import { addedSystem } from "../conversations/turn.js";
import { text } from "../format/field-spec.js";
import { SYSTEM_MESSAGE } from "./model-fields.js";
import type { StepType } from "./step-type.js";

/** Begins a conversation, or takes up one that there is. */
export const startConversation: StepType = {
  type: "start_conversation",
  about: "Begins a conversation that other steps go on with.",
  config: {
    conversation_id: text("Names it. Default: that of the run."),
    name: text("Its title.", { aliases: ["conversation_name", "title"] }),
    system_message: SYSTEM_MESSAGE,
  },
  results: {
    conversation_id: "Names it.",
    conversation_name: "Its title.",
    system_message: "The instructions.",
    message_count: "How many messages it has.",
  },
  main: "conversation_id",
  touches: (outline) => [conversationTouch(outline)],
  async run(context) {
    const [given, name, system] = ["conversation_id", "name", "system_message"].map((field) => context.field(field));
    const id = typeof given === "string" ? given : context.runId;
    const conversation = context.conversation(id);
    if (typeof system === "string" && system !== "") await addedSystem(conversation, system);
    if (typeof name === "string" && name !== "") await conversation.setTitle(name);
    const messages = await conversation.messages();
    return {
      conversation_id: id,
      conversation_name: name ?? null,
      system_message: system ?? null,
      message_count: messages.length,
    };
  },
};
