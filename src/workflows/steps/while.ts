import { compileCondition } from "../format/condition.js";
import { anything, flag, list, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { isTrue } from "../format/truth.js";
import type { StepType } from "./step-type.js";

/** Runs steps again while a condition holds. The steps stand beside it, before it; it is looked at after each round. */
export const whileStep: StepType = {
  type: "while",
  aliases: ["until", "do_while", "repeat", "repeat_until", "repeat_while"],
  about:
    "Runs its steps, and again while its condition holds, which is looked at after each round. `until`: while it does not hold.",
  config: {
    steps: list("The steps of a round. What they make is read by their ids, after the loop as well.", {
      raw: true,
      aliases: ["body", "do", "loop_body"],
    }),
    expression: {
      schema: { type: "string", description: "The condition, in the short form or in CEL." },
      raw: true,
      aliases: ["condition", "while", "if", "until"],
    },
    ends: flag("Set by the type `until`: it goes on until the condition holds."),
    most: whole("After so many rounds it ends, whatever the condition says. Default: more than 10 are an error.", 1),
    made: anything("What the last step of the round made."),
  },
  results: {
    result: "What the last step of the last round made.",
    again: "Whether another round follows.",
    rounds: "How many there were.",
  },
  main: "result",
  decides: "again",
  async run({ config, inputs, variables }) {
    const compiled = await compileCondition(asText(config.expression));
    const holds = isTrue(compiled.test((name) => inputs[name] ?? variables[name]));
    const { iteration_context: around } = variables;
    const count = typeof around === "object" && around !== null && !Array.isArray(around) ? around.iteration_count : 1;
    const rounds = typeof count === "number" ? count : 1;
    const last = typeof config.most === "number" && rounds >= config.most;
    return { result: config.made ?? null, again: holds !== (config.ends === true) && !last, rounds };
  },
};
