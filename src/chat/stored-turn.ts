import type { JsonObject } from "../base/json.js";
import { uuid } from "../base/uuid.js";
import { invalid } from "../stream/error.js";
import type { ChatMessage, FilePart, TextPart, ToolMessage } from "../stream/message.js";
import type { StoredMessage, StoredSummary } from "./conversation-store.js";
import type { TurnEnd } from "./turn-source.js";

/**
 * What a turn can begin with: text, text and files, the results of tools that the last answer called, or several messages
 * of any role, all put before the answer.
 */
export type TurnInput = string | (TextPart | FilePart)[] | ToolMessage | ChatMessage[];

/** Where a turn begins: after which message, and with which new ones; none where an old message is answered again. */
export interface TurnBeginning {
  parentId: string | null;
  asked: readonly ChatMessage[];
  /** Where one was written for this turn. */
  summary?: StoredSummary;
}

/**
 * The messages that a turn begins with.
 *
 * @throws {SluiceError} `invalid-argument` for input that says nothing.
 */
export function askedMessages(input: TurnInput): readonly ChatMessage[] {
  if (typeof input === "string" && input.trim() !== "") return [{ role: "user", content: input }];
  if (typeof input === "object" && input !== null && "role" in input) return [input];
  if (
    !Array.isArray(input) ||
    input.length === 0 ||
    !input.every((item) => typeof item === "object" && item !== null)
  ) {
    throw invalid("input", input, "a text that is not blank, or at least one part or message");
  }
  return isMessages(input) ? input : [{ role: "user", content: input }];
}

function isMessages(input: (TextPart | FilePart)[] | ChatMessage[]): input is ChatMessage[] {
  return input.every((item) => "role" in item);
}

/** Messages with ids, each following the one before. */
export function chain(
  parentId: string | null,
  messages: readonly ChatMessage[],
  createdAt = new Date().toISOString(),
): StoredMessage[] {
  let parent = parentId;
  return messages.map((message) => {
    const stored: StoredMessage = { id: uuid(), parentId: parent, message, createdAt, status: "complete" };
    parent = stored.id;
    return stored;
  });
}

/**
 * A turn that is over, as it is stored: the user's messages, the answer, tool calls and results between them. None
 * for an interrupted turn without output.
 *
 * @param metadata of the user's message.
 */
export function storedTurn(
  { parentId, asked: messagesAsked, summary }: TurnBeginning,
  end: TurnEnd,
  metadata?: JsonObject,
): StoredMessage[] {
  const { finish, messages, usage, model, cost, timing, startedAt } = end;
  if (finish === undefined && messages.length === 0) return [];
  // An answer without a word (a filter, a limit) is one all the same, and its tokens were paid for. Where calls still wait,
  // the model was not asked.
  const waits = finish?.reason === "tool-calls" || finish?.reason === "input-required";
  const answered = messages.length > 0 || waits;
  const content = answered ? messages : [{ role: "assistant" as const, content: [] }];
  const asked = chain(parentId, messagesAsked, startedAt);
  const [first] = asked;
  if (first !== undefined && metadata !== undefined) first.metadata = metadata;
  const answers = chain(asked.at(-1)?.id ?? parentId, content);
  const status = finish === undefined ? "interrupted" : "complete";
  for (const answer of answers) answer.status = status;
  const last = answers.at(-1);
  if (last !== undefined) {
    Object.assign(
      last,
      { usage, timing },
      model !== undefined && { model },
      finish && { finishReason: finish.reason },
      cost !== undefined && { cost },
    );
  }
  const turn = [...asked, ...answers];
  if (summary !== undefined && turn[0] !== undefined) turn[0].summary = summary;
  return turn;
}
