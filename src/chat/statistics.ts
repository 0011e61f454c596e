import type { ChatMessage } from "../stream/message.js";
import { addUsage, type Usage } from "../stream/usage.js";
import type { StoredConversation, StoredMessage } from "./conversation-store.js";

/** What one model did in a conversation. */
export interface ModelStatistics {
  /** Turns that it answered. */
  turns: number;
  /** Tokens of these turns. */
  usage: Usage;
  /** In USD, of the turns whose cost is known. */
  knownCost: number;
}

/** What a conversation came to, over all its branches: what was edited or answered again was paid for, too. */
export interface ConversationStatistics {
  /** Which conversation it is. */
  contextId: string;
  /** What it is called in a list; absent where it has no name. */
  title?: string;
  /** How many there are. */
  messages: number;
  /** How many there are of each role. */
  byRole: Record<ChatMessage["role"], number>;
  /** Messages from the first to the head. */
  onCurrentBranch: number;
  /** Ends of the tree: 1 where nothing was edited or answered again. */
  branches: number;
  /** Turns that were answered, interrupted ones included. */
  turns: number;
  /** Turns that were stopped or failed. */
  interrupted: number;
  /** Calls of the model, those included that the provider ran. */
  toolCalls: number;
  /** Tokens of all turns. A count is absent where no provider gave it. */
  usage: Usage;
  /** In USD; absent where that of one turn is not known. */
  cost?: number;
  /** In USD, of the turns whose cost is known. */
  knownCost: number;
  /** Turns whose cost is not known. */
  turnsWithoutCost: number;
  /** In ms, of the turns that were timed; absent where none was. */
  timing?: { totalMs: number; meanTtftMs?: number; longestTtftMs?: number };
  /** By the models that answered, as their providers name them. */
  models: Record<string, ModelStatistics>;
  /** ISO 8601, of the first and the last message; absent if there is none. */
  firstAt?: string;
  /** The time of the last message, as in `firstAt`. */
  lastAt?: string;
}

/** Counts what is stored of a conversation. */
export function statisticsOf(conversation: StoredConversation): ConversationStatistics {
  const { id, title, head, messages } = conversation;
  const answers = messages.filter(({ timing, usage }) => timing !== undefined || usage !== undefined);
  const costs = answers.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  const knownCost = costs.reduce((sum, cost) => sum + cost, 0);
  const timing = timingOf(answers);
  const times = messages.map(({ createdAt }) => createdAt).sort();
  const [firstAt] = times;
  const lastAt = times.at(-1);
  return {
    contextId: id,
    ...(title !== undefined && { title }),
    messages: messages.length,
    byRole: countRoles(messages),
    ...shapeOf(messages, head),
    turns: answers.length,
    interrupted: answers.filter(({ status }) => status === "interrupted").length,
    toolCalls: messages.reduce((sum, { message }) => sum + countCalls(message), 0),
    usage: sumUsage(answers),
    ...(costs.length === answers.length && { cost: knownCost }),
    knownCost,
    turnsWithoutCost: answers.length - costs.length,
    ...(timing && { timing }),
    models: byModel(answers),
    ...(firstAt !== undefined && { firstAt }),
    ...(lastAt !== undefined && { lastAt }),
  };
}

function countRoles(messages: readonly StoredMessage[]): Record<ChatMessage["role"], number> {
  const counts = { system: 0, user: 0, assistant: 0, tool: 0 };
  for (const { message } of messages) counts[message.role]++;
  return counts;
}

function countCalls({ content }: ChatMessage): number {
  if (typeof content === "string") return 0;
  let calls = 0;
  for (const part of content) if (part.type === "tool-call") calls++;
  return calls;
}

function shapeOf(messages: readonly StoredMessage[], head: string | null) {
  const parents = new Map(messages.map(({ id, parentId }) => [id, parentId]));
  const followed = new Set(parents.values());
  let onCurrentBranch = 0;
  for (let id = head; id !== null && id !== undefined; id = parents.get(id) ?? null) onCurrentBranch++;
  return { onCurrentBranch, branches: messages.filter(({ id }) => !followed.has(id)).length };
}

function sumUsage(answers: readonly StoredMessage[]): Usage {
  // The providers' own objects are those of single calls.
  const { raw: _, ...sum } = answers.reduce<Usage>((all, { usage = {} }) => addUsage(all, usage), {});
  return sum;
}

function timingOf(answers: readonly StoredMessage[]): ConversationStatistics["timing"] {
  const timed = answers.flatMap(({ timing }) => (timing === undefined ? [] : [timing]));
  if (timed.length === 0) return undefined;
  const totalMs = timed.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const first = timed.flatMap(({ ttftMs }) => (ttftMs === undefined ? [] : [ttftMs]));
  if (first.length === 0) return { totalMs };
  const meanTtftMs = Math.round(first.reduce((sum, ttft) => sum + ttft, 0) / first.length);
  return { totalMs, meanTtftMs, longestTtftMs: first.reduce((longest, ttft) => Math.max(longest, ttft), 0) };
}

function byModel(answers: readonly StoredMessage[]): Record<string, ModelStatistics> {
  const models = new Map<string, StoredMessage[]>();
  for (const answer of answers) {
    const name = answer.model ?? "unknown";
    const own = models.get(name);
    if (own === undefined) models.set(name, [answer]);
    else own.push(answer);
  }
  return Object.fromEntries(
    Array.from(models, ([name, own]) => [
      name,
      { turns: own.length, usage: sumUsage(own), knownCost: own.reduce((sum, { cost = 0 }) => sum + cost, 0) },
    ]),
  );
}
