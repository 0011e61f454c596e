import type { JsonValue } from "../../base/json.js";
import { invalid } from "../../stream/error.js";
import type { OpenQuestion } from "../engines/engine.js";
import type { StepQuestion } from "../steps/step-context.js";
import type { RunCore } from "./run-core.js";
import { Suspended } from "./suspended.js";

/** Who asks. */
export interface Asker {
  /** The key of the step. */
  key: string;
  /** Ends with the step. */
  signal: AbortSignal;
}

/**
 * The answer to a question: one that was given before, or that of somebody who is there.
 *
 * @throws {Suspended} where nobody is: the run goes on when it is resumed with the answer.
 */
export async function askSomebody(core: RunCore, { key, signal }: Asker, question: StepQuestion): Promise<JsonValue> {
  const name = `${key}${question.name === undefined ? "" : `#${question.name}`}`;
  const id = `${core.id}:${name}`;
  const known = core.journal?.note(`answer:${id}`);
  if (known !== undefined) return known;
  const until = await deadline(core, name, question);
  if (until !== undefined && Date.now() >= until) return question.fallback ?? null;
  const { message, schema, shown } = question;
  const open: OpenQuestion = { id, step: key, message, schema };
  if (shown !== undefined) open.shown = shown;
  if (until !== undefined) open.until = new Date(until).toISOString();
  if (core.onQuestion !== undefined) {
    const answer = await askNow(core, open, question, until, signal);
    // Whoever answers is the user's function.
    if (answer === undefined) throw invalid(`the answer to ${open.message}`, answer, "a JSON value");
    await core.journal?.setNote(`answer:${id}`, answer);
    return answer;
  }
  core.questions.set(id, open);
  if (until !== undefined) core.wakeBy(until);
  throw new Suspended();
}

async function deadline(core: RunCore, name: string, { timeoutMs }: StepQuestion): Promise<number | undefined> {
  if (timeoutMs === undefined) return undefined;
  const note = `deadline:${name}`;
  const known = core.journal?.note(note);
  if (typeof known === "number") return known;
  const until = Date.now() + timeoutMs;
  await core.journal?.setNote(note, until);
  return until;
}

/** Somebody is there: they are asked while the run goes on, as long as the question's time is not over. */
async function askNow(
  core: RunCore,
  open: OpenQuestion,
  { fallback }: StepQuestion,
  until: number | undefined,
  ended: AbortSignal,
): Promise<JsonValue> {
  const stop = new AbortController();
  const asked = core.onQuestion?.(open, AbortSignal.any([ended, stop.signal])) ?? Promise.resolve(null);
  if (until === undefined) return asked;
  let callOff = () => {};
  const late = new Promise<JsonValue>((resolve) => {
    callOff = core.clock.after(Math.max(0, until - Date.now()), () => resolve(fallback ?? null));
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    callOff();
    stop.abort(new Error("the question is settled"));
    asked.catch(() => {});
  }
}
