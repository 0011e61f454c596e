import type { JsonObject } from "../../base/json.js";
import { list, required } from "../format/field-spec.js";
import { Suspended } from "../run/suspended.js";
import type { StepType } from "./step-type.js";

/** Runs several branches at once, and goes on when all are over. */
export const parallel: StepType = {
  type: "parallel",
  about:
    "Runs branches at once and goes on when all are over. Steps that do not read one another run at once without it.",
  config: {
    branches: required({
      ...list("Lists of steps, one for each branch; or a list of steps.", { raw: true, aliases: ["steps"] }),
    }),
    names: list("What the branches are called: each is a result.", { raw: true }),
  },
  results: {
    results: "What each branch made at its end.",
    steps: "What all steps made, by id.",
  },
  openResults: true,
  main: "results",
  inside: "steps",
  container: true,
  bodies: ["branches"],
  async run(context) {
    const ended = await Promise.allSettled(
      context.bodies.map((body, index) => context.runBody(body, String(index), {})),
    );
    const reasons = ended.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    const failed = reasons.find((reason) => !(reason instanceof Suspended)) ?? reasons[0];
    if (failed !== undefined) throw failed;
    const made = ended.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const steps: JsonObject = Object.assign({}, ...made.map(({ results }) => results));
    const { names } = context.config;
    const named = Object.fromEntries(
      (Array.isArray(names) ? names : []).map((name, index) => [String(name), made[index]?.output ?? null]),
    );
    return { ...steps, ...named, steps, results: made.map(({ output }) => output) };
  },
};
