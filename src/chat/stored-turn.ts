import { invalid } from "../stream/error.js";
import type { JsonObject } from "../stream/json.js";
import type { ChatMessage, FilePart, TextPart, ToolMessage, UserMessage } from "../stream/message.js";
import type { StoredMessage } from "./conversation-store.js";
import type { TurnEnd } from "./turn-source.js";

/** What a turn can begin with: text, text and files, or the results of tools that the last answer called. */
export type TurnInput = string | (TextPart | FilePart)[] | ToolMessage;

/** Where a turn begins: after which message, and with what the user says, unless an old message is answered again. */
export interface TurnBeginning {
  parentId: string | null;
  user?: UserMessage | ToolMessage;
}

/**
 * The message that a turn begins with.
 *
 * @throws {SluiceError} `invalid-argument` for one that says nothing.
 */
export function userMessage(input: TurnInput): UserMessage | ToolMessage {
  if (typeof input === "object" && "role" in input) return input;
  const blank = typeof input === "string" ? input.trim() === "" : input.length === 0;
  if (blank) throw invalid("input", input, "a text that is not blank, or at least one part");
  return { role: "user", content: input };
}

/** Messages with ids, each following the one before. */
export function chain(
  parentId: string | null,
  messages: readonly ChatMessage[],
  createdAt = new Date().toISOString(),
): StoredMessage[] {
  let parent = parentId;
  return messages.map((message) => {
    const stored: StoredMessage = { id: crypto.randomUUID(), parentId: parent, message, createdAt, status: "complete" };
    parent = stored.id;
    return stored;
  });
}

/**
 * A turn that is over, as it is stored: what the user said, what was answered, tool calls and results between them. None
 * for an interrupted turn that said nothing.
 *
 * @param metadata of the user's message.
 */
export function storedTurn({ parentId, user }: TurnBeginning, end: TurnEnd, metadata?: JsonObject): StoredMessage[] {
  const { finish, messages, usage, model, cost, timing, startedAt } = end;
  if (finish === undefined && messages.length === 0) return [];
  // An answer without a word (a filter, a limit) is one all the same, and its tokens were paid for.
  const said = messages.length > 0 ? messages : [{ role: "assistant" as const, content: [] }];
  const asked = chain(parentId, user === undefined ? [] : [user], startedAt);
  const [first] = asked;
  if (first !== undefined && metadata !== undefined) first.metadata = metadata;
  const answers = chain(first?.id ?? parentId, said);
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
  return [...asked, ...answers];
}
