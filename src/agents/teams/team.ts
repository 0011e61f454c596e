import type { DataEvent } from "../../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { anything, callable, exactly, filledString, limit, oneOf } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { innerSource } from "../../stream/inner-source.js";
import type { ChatMessage } from "../../stream/message.js";
import type { Usage } from "../../stream/usage.js";
import { validateRequest } from "../../stream/validate-request.js";
import { readHistory } from "../../tools/history.js";
import { type EndedTurn, endsAnswer, type Turn, turnsSource } from "../turns-source.js";

/** Who may be a member of a team: an agent, local or remote. */
export interface Member {
  /** Names it in the team; no two members have the same. */
  readonly name: string;
  /** What it can do, for whoever chooses. */
  readonly description?: string | undefined;
  /** The member as a chat model: each request is the whole history. */
  asModel(): ChatModel;
}

/** Who speaks next, and with what. */
export interface Speaker {
  /** One of the team's members. */
  member: Member;
  /** Put behind all messages, for this turn. */
  prompt?: string;
  /** Emitted at the beginning of the turn. */
  opening?: readonly DataEvent[];
}

/** How far a team is. */
export interface TeamState {
  /** What was asked. */
  request: ChatRequest;
  /** The turns that are over. */
  ended: readonly EndedTurn[];
  /** Who spoke last in an earlier answer of this conversation. */
  lastSpeaker: string | undefined;
  /** Aborted when nobody wants the answer any more. */
  signal: AbortSignal;
  /** The options of the team's own call, for a model that chooses. */
  call: CallOptions;
  /** Counts what choosing used as part of the answer, and of the budget that nested calls share. @param model that was asked. */
  spend(usage: Usage, model: string): void;
}

/** Settings that all teams have. */
export interface TeamSettings {
  /** What the team is called in events and as a tool. */
  name: string;
  /** Who may speak. */
  members: readonly Member[];
  /** Most turns of one answer: a team always ends. */
  maxTurns: number;
  /** Whether each member sees the others' answers as messages of the user with their names, or as its own history. */
  view: "named" | "own";
  /** Chooses the next speaker; `undefined` ends the answer. */
  next(state: TeamState): Speaker | undefined | Promise<Speaker | undefined>;
}

const SETTINGS = exactly(
  "team",
  {
    name: { required: filledString },
    members: { required: anything },
    maxTurns: { required: limit },
    view: { required: oneOf("named", "own") },
    next: { required: callable },
  } satisfies Record<keyof TeamSettings, unknown>,
  "settings",
);

/**
 * Several agents as one chat model: all speak into one stream, each step names the speaker, and all of it is one conversation. A turn that
 * waits for input, or ends with a limit, ends the answer; the member that waits goes on when it is resumed.
 *
 * @throws {SluiceError} `invalid-argument` for a team without members, two of one name, or an unknown setting.
 */
export function team(settings: TeamSettings): ChatModel & Member {
  SETTINGS(settings, "");
  const { name, members } = settings;
  checkMembers(members);
  const model: ChatModel = {
    id: name,
    stream(request, call = {}) {
      validateRequest(request);
      return new ChatStream(turns(settings, request, call), { signal: call.signal, retain: call.retain });
    },
  };
  return { ...model, name, asModel: () => model };
}

/** @throws {SluiceError} `invalid-argument`. */
export function checkMembers(members: readonly Member[]): void {
  if (!Array.isArray(members) || members.length === 0) throw invalid("members", members, "at least one agent");
  const names = new Set<string>();
  for (const [index, member] of members.entries()) {
    if (typeof member?.asModel !== "function") throw invalid(`members[${index}]`, member, "an agent");
    if (names.has(member.name)) throw invalid(`members[${index}].name`, member.name, "a name that no other member has");
    names.add(member.name);
  }
}

function turns({ members, maxTurns, view, next }: TeamSettings, request: ChatRequest, call: CallOptions) {
  const lastSpeaker = speakerIn(request.messages);
  const resumes = readHistory(request.messages).open.length > 0;
  return turnsSource(async (ended, signal, book): Promise<Turn | undefined> => {
    const spend = (usage: Usage, model: string) => {
      book(usage);
      call.context?.budget?.spend(usage, model);
    };
    const last = ended.at(-1);
    if (ended.length >= maxTurns || (last !== undefined && endsAnswer(last))) return undefined;
    // Whoever waited goes on itself.
    const waiting = resumes && last === undefined ? members.find(({ name }) => name === lastSpeaker) : undefined;
    const speaker: Speaker | undefined =
      waiting === undefined ? await next({ request, ended, lastSpeaker, signal, call, spend }) : { member: waiting };
    if (speaker === undefined) return undefined;
    const { member, prompt, opening = [] } = speaker;
    const before = [...request.messages, ...ended.flatMap((turn) => seenBy(member.name, turn, view))];
    const messages: ChatMessage[] = prompt === undefined ? before : [...before, { role: "user", content: prompt }];
    const source = innerSource(member.asModel(), { ...request, messages }, call);
    const value = { agent: member.name };
    const opaque = { dialect: "sluice", data: value };
    const speaking: DataEvent = { type: "data", name: "agent/speaker", value, opaque };
    return { source, agent: member.name, opening: [speaking, ...opening] };
  });
}

/** The members as a model that chooses among them reads them: a line each. */
export function describedMembers(members: readonly Member[]): string {
  return members.map(({ name, description = "" }) => `${name}: ${description}`).join("\n");
}

/** What a member is shown of a turn: its own as it was, those of others as quoted messages. */
function seenBy(member: string, turn: EndedTurn, view: TeamSettings["view"]): ChatMessage[] {
  if (view === "own" || turn.agent === member) return turn.messages;
  return turn.text === "" ? [] : [{ role: "user", content: `${turn.agent}: ${turn.text}` }];
}

/** Who spoke last in a history. */
function speakerIn(messages: readonly ChatMessage[]): string | undefined {
  for (const { role, content } of messages.toReversed()) {
    if (role !== "assistant" || typeof content === "string") continue;
    for (const part of content.toReversed()) {
      if (part.type !== "opaque" || part.name !== "agent/speaker") continue;
      const { data } = part.opaque;
      if (typeof data === "object" && data !== null && "agent" in data && typeof data.agent === "string")
        return data.agent;
    }
  }
  return undefined;
}
