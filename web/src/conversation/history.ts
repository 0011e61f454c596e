import type { ChatMessage, FilePart, TextPart } from "../../../src/stream/message.js";
import { Transcript } from "../../../src/stream/transcript.js";
import type { AnswerTurn, TurnRecord, UserTurn } from "../store/records.js";

/** The messages that a branch is, the oldest first, as the server is sent them. */
export function messagesOf(turns: readonly TurnRecord[]): ChatMessage[] {
  return turns.flatMap((turn) => (turn.kind === "user" ? [userMessage(turn)] : answerMessages(turn)));
}

function userMessage({ text, files }: UserTurn): ChatMessage {
  if (files.length === 0) return { role: "user", content: text };
  const parts: (TextPart | FilePart)[] = files.map(({ name, mediaType, data }) => ({
    type: "file",
    mediaType,
    data,
    filename: name,
  }));
  if (text !== "") parts.push({ type: "text", text });
  return { role: "user", content: parts };
}

function answerMessages({ legs }: AnswerTurn): ChatMessage[] {
  return legs.flatMap(({ responses, events }): ChatMessage[] => {
    const transcript = new Transcript(true);
    for (const event of events) transcript.push(event);
    const answered: ChatMessage[] = responses.length === 0 ? [] : [{ role: "tool", content: responses }];
    return [...answered, ...transcript.messages];
  });
}
