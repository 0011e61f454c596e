import { invalid } from "../../stream/error.js";
import { number, text } from "../format/field-spec.js";
import type { StepType } from "./step-type.js";

/** Waits for a time. */
export const wait: StepType = {
  type: "wait",
  aliases: ["delay", "sleep", "pause", "timer"],
  about: "Waits for so many seconds or until a time; a run that goes on later waits for what is left.",
  config: {
    seconds: number("How long.", { minimum: 0 }, { aliases: ["duration", "delay_seconds"] }),
    until: text("Until when, as ISO 8601."),
  },
  results: { waited_until: "The time, as ISO 8601." },
  main: "waited_until",
  container: true,
  check: ({ config, inputs }) =>
    (config.seconds ?? config.until ?? inputs.seconds ?? inputs.until) === undefined
      ? "wait needs config.seconds or config.until"
      : undefined,
  async run(context) {
    const [seconds, until] = [context.field("seconds"), context.field("until")];
    const at = until === undefined ? Date.now() + Number(seconds) * 1_000 : Date.parse(String(until));
    if (Number.isNaN(at)) throw invalid("config.until", until ?? seconds, "seconds, or a time as ISO 8601");
    await context.waitUntil("wait", at);
    return { waited_until: new Date(at).toISOString() };
  },
};
