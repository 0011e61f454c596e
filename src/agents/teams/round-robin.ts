import type { ChatModel } from "../../stream/chat-model.js";
import { anything, callable, exactly, filledString, having, limit, list } from "../../stream/checks.js";
import type { EndedTurn } from "../turns-source.js";
import { checkMembers, type Member, team } from "./team.js";

/** Settings of `roundRobin`. */
export interface RoundRobinOptions {
  /** Who speaks, in this order: at least one. */
  members: readonly Member[];
  /** How often each member speaks. Default 1. */
  rounds?: number;
  /** Whether the answer is complete after a turn. */
  done?: (turns: readonly EndedTurn[]) => boolean | Promise<boolean>;
  /** Default `team`. */
  name?: string;
}

/**
 * The members speak in turn, each seeing the messages before its own.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Agent, roundRobin } from "sluice/agents";
 *
 * const members = ["ada", "bob"].map((name) => new Agent({ name, model: "openai/gpt-5-mini" }));
 * const talk = roundRobin({ members, rounds: 2 });
 * console.log(await talk.stream({ messages: [{ role: "user", content: "Tea or coffee?" }] }).fullText);
 * ```
 */
export function roundRobin(options: RoundRobinOptions): ChatModel & Member {
  exactly("roundRobin", { members: { required: anything }, rounds: limit, done: callable, name: filledString })(
    options,
    "",
  );
  const { members, rounds = 1, done, name = "team" } = options;
  checkMembers(members);
  return team({
    name,
    members,
    maxTurns: members.length * rounds,
    view: "named",
    async next({ ended }) {
      if (ended.length > 0 && (await done?.(ended))) return undefined;
      const at = position(ended, members);
      const member = at < members.length * rounds ? members[at % members.length] : undefined;
      return member && { member };
    },
  });
}

/** Which turn comes next, counted from 0. An answer that was resumed begins with the member that had waited. */
function position(ended: readonly EndedTurn[], members: readonly Member[]): number {
  const first = members.findIndex(({ name }) => name === ended[0]?.agent);
  return Math.max(0, first) + ended.length;
}

/** Settings of `debate`. */
export interface DebateOptions {
  /** Who argue, in this order. At least two. */
  members: readonly Member[];
  /** Decides when the arguments are over; its answer is the last. */
  judge: Member;
  /** How often each member argues. Default 2. */
  rounds?: number;
  /** Default `debate`. */
  name?: string;
}

/**
 * The members argue for some rounds, each seeing the others' arguments; then the judge decides.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Agent, debate } from "sluice/agents";
 *
 * const members = ["ada", "bob"].map((name) => new Agent({ name, model: "openai/gpt-5-mini" }));
 * const judge = new Agent({ name: "judge", model: "openai/gpt-5" });
 * const panel = debate({ members, judge, rounds: 2 });
 * console.log(panel.id);
 * ```
 */
export function debate(options: DebateOptions): ChatModel & Member {
  const known = {
    members: { required: list("an array of agents", anything) },
    judge: { required: having("an agent", "asModel") },
    rounds: limit,
    name: filledString,
  };
  exactly("debate", known)(options, "");
  const { members, judge, rounds = 2, name = "debate" } = options;
  checkMembers([...members, judge]);
  const arguments_ = members.length * rounds;
  return team({
    name,
    members: [...members, judge],
    maxTurns: arguments_ + 1,
    view: "named",
    next({ ended }) {
      const at = position(ended, members);
      if (ended.at(-1)?.agent === judge.name) return undefined;
      if (at >= arguments_) return { member: judge, prompt: "Decide, and say why, in a few sentences." };
      const member = members[at % members.length];
      const prompt = ended.length === 0 ? "Make your argument." : "Answer the others' arguments.";
      return member && { member, prompt };
    },
  });
}
