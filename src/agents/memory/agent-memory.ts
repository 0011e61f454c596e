import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { ChatMessage } from "../../stream/message.js";
import type { Tool } from "../../tools/tool.js";

/** Keeps the messages of an agent's sessions. */
export interface AgentMemory {
  /**
   * Answers a turn of a session: the model is sent what the memory gives of the session and then `messages`; what was asked and
   * answered is kept when the turn is over, marked where it was interrupted.
   */
  answer(sessionId: string, messages: ChatMessage[], model: ChatModel, call: CallOptions): ChatStream;
  /** Tools that an agent with this memory has as well. */
  readonly tools?: readonly Tool[];
  /** The messages of a session, oldest first. */
  messages(sessionId: string): Promise<ChatMessage[]>;
  /** Forgets a session. */
  clear(sessionId: string): Promise<void>;
}
