import type { JsonObject, JsonValue } from "../../base/json.js";
import { anything, choice, flag, list, number, text } from "../format/field-spec.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

const KINDS = ["approve_reject", "multiple_choice", "custom_input"];

/** Waits for a person. What comes after it in the file waits with it. */
export const humanApproval: StepType = {
  type: "human_approval",
  aliases: ["human_input", "approval", "human_review"],
  about: "Waits for a person to decide or to say something; the run may end meanwhile, and goes on with the answer.",
  config: {
    approval_type: choice("What is asked. Default approve_reject.", KINDS),
    prompt: text("What is asked.", { aliases: ["message", "question", "approval_prompt", "approval_message"] }),
    options: list("What can be chosen.", { aliases: ["choices"] }),
    timeout_seconds: number("How long it is waited for; 0 for ever. Default 300.", { minimum: 0 }),
    default_action: anything("The answer when the time is over. Default reject."),
    show_context: flag("Whether the person sees the inputs. Default true.", { aliases: ["include_context"] }),
    context_fields: list("Which inputs the person sees. Default: all."),
  },
  results: {
    decision: "What was decided.",
    approved: "Whether it was approved; of approve_reject.",
    status: "approved or rejected; of approve_reject.",
    feedback: "What was said.",
    approval_type: "What was asked.",
    prompt: "What was asked.",
    timestamp: "When, in seconds since 1970.",
    timeout_seconds: "How long it was waited for at most.",
    timed_out: "Whether the time was over first.",
    context_shown: "What the person saw.",
    user_input: "What was said; of custom_input.",
  },
  main: "decision",
  decides: "decision",
  barrier: true,
  container: true,
  touches: () => [{ what: "somebody", writes: true }],
  async run(context) {
    const kind = typeof context.config.approval_type === "string" ? context.config.approval_type : "approve_reject";
    const { timeout_seconds: timeout = 300, default_action: fallback = "reject" } = context.config;
    const seconds = typeof timeout === "number" ? timeout : 300;
    const message = typeof context.config.prompt === "string" ? context.config.prompt : "Is this approved?";
    const shown = shownTo(context);
    const answer = await context.ask({
      message,
      schema: schemaOf(kind, context.config.options),
      ...(shown && { shown }),
      ...(seconds > 0 && { timeoutMs: seconds * 1_000, fallback: { decision: fallback, timed_out: true } }),
    });
    return {
      ...read(answer, kind, optionsOf(kind, context.config.options)),
      approval_type: kind,
      prompt: message,
      timestamp: Date.now() / 1_000,
      timeout_seconds: seconds,
      context_shown: shown ?? {},
    };
  },
};

function shownTo({ config, inputs }: StepContext): JsonObject | undefined {
  if (config.show_context === false) return undefined;
  const fields = config.context_fields;
  if (!Array.isArray(fields)) return inputs;
  const chosen = Object.entries(inputs).filter(([name]) => fields.includes(name));
  // Fields that name what the inputs are made of, and not the inputs, choose nothing: all are shown then.
  return chosen.length > 0 ? Object.fromEntries(chosen) : inputs;
}

function optionsOf(kind: string, options: JsonValue | undefined): string[] {
  if (Array.isArray(options) && options.length > 0) return options.map(String);
  return kind === "approve_reject" ? ["approve", "reject"] : [];
}

function schemaOf(kind: string, found: JsonValue | undefined): JsonObject {
  if (kind === "custom_input") return { type: "string" };
  const options = optionsOf(kind, found);
  const decision: JsonObject = options.length > 0 ? { type: "string", enum: options } : { type: "string" };
  return { type: "object", properties: { decision, feedback: { type: "string" } }, required: ["decision"] };
}

/** An answer as a text, or as decision and feedback. Free text stays as it was written. */
function read(answer: JsonValue, kind: string, options: readonly string[]): StepResult {
  const fields: JsonObject =
    typeof answer === "object" && answer !== null && !Array.isArray(answer) ? answer : { decision: answer };
  const { decision = fields.user_input ?? null, feedback = null, timed_out = false } = fields;
  if (kind === "custom_input") {
    return { decision, user_input: decision, feedback: feedback ?? decision, timed_out };
  }
  const meant = approved(decision, kind);
  const option = options.find((one) => one.toLowerCase() === String(meant).trim().toLowerCase());
  const decided = option ?? meant;
  if (kind !== "approve_reject") return { decision: decided, feedback, timed_out };
  const yes = decided === "approve";
  return { decision: decided, approved: yes, status: yes ? "approved" : "rejected", feedback, timed_out };
}

function approved(decision: JsonValue, kind: string): JsonValue {
  if (kind !== "approve_reject") return decision;
  if (decision === true || /^(?:y|yes|ok|approved?|true)$/i.test(String(decision).trim())) return "approve";
  if (decision === false || /^(?:n|no|rejected?|denied|deny|false)$/i.test(String(decision).trim())) return "reject";
  return decision;
}
