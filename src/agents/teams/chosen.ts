import { modelOf } from "../../models/model-of.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { anything, exactly, filledString, limit } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { checkMembers, describedMembers, type Member, type TeamState, team } from "./team.js";

/** Settings of `chosenByModel`. */
export interface ChosenOptions {
  /** Who may be chosen: at least one. */
  members: readonly Member[];
  /** Chooses who speaks, by their names and descriptions: a model, or its name. */
  chooser: ChatModel | string;
  /** Most turns of one answer. Default 1: one member is chosen, and answers. */
  maxTurns?: number;
  /** Default `team`. */
  name?: string;
}

/**
 * A model chooses which member speaks, after each turn again or that it is done. What it is asked costs a call, which is part of
 * the answer's usage, and not of its text.
 *
 * @throws {SluiceError} `invalid-argument`. The stream ends with `invalid-output` where it names nobody twice in a row.
 * @example
 * ```ts
 * import { Agent, chosenByModel } from "sluice/agents";
 *
 * const members = ["ada", "bob"].map((name) => new Agent({ name, model: "openai/gpt-5-mini" }));
 * const desk = chosenByModel({ members, chooser: "openai/gpt-5-nano" });
 * console.log(await desk.stream({ messages: [{ role: "user", content: "Who paints?" }] }).fullText);
 * ```
 */
export function chosenByModel(options: ChosenOptions): ChatModel & Member {
  const known = {
    members: { required: anything },
    chooser: { required: anything },
    maxTurns: limit,
    name: filledString,
  };
  exactly("chosenByModel", known)(options, "");
  const { members, maxTurns = 1, name = "team" } = options;
  const chooser = modelOf(options.chooser, "chooser");
  checkMembers(members);
  return team({
    name,
    members,
    maxTurns,
    view: "named",
    async next(state) {
      for (let attempt = 0; attempt < 2; attempt++) {
        const word = await choice(chooser, members, state);
        if (word === "done" && state.ended.length > 0) return undefined;
        const member = members.find(({ name }) => plain(name) === word);
        if (member !== undefined) return { member };
      }
      throw new SluiceError(
        "invalid-output",
        `${chooser.id} chose none of ${members.map((one) => one.name).join(", ")}`,
      );
    },
  });
}

async function choice(chooser: ChatModel, members: readonly Member[], state: TeamState): Promise<string> {
  const { request, ended, signal, call, spend } = state;
  const done = ended.length === 0 ? "" : "Answer done when the question is answered.\n";
  const system = `Who of these should speak next? Answer with one name and nothing else.\n${done}${describedMembers(members)}`;
  const turns = ended.map(({ agent, text }): ChatMessage => ({ role: "user", content: `${agent}: ${text}` }));
  const messages: ChatMessage[] = [{ role: "system", content: system }, ...request.messages, ...turns];
  const { context } = call;
  const stream = chooser.stream({ messages }, { signal, ...(context && { context }) });
  const text = await stream.fullText;
  spend(await stream.usage, chooser.id);
  return plain(text);
}

/** A name without what models put around one: letters, digits, `_` and `-`, in small letters. */
function plain(name: string): string {
  return name
    .normalize()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_-]/gu, "");
}
