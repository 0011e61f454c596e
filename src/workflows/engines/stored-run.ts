import { type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { type Check, jsonObject, list, oneOf, string, wholeNumber, withFields } from "../../stream/checks.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import type { RunStatus, StepRecord, WorkflowRunRecord } from "./engine.js";
import type { Holder } from "./holder.js";

/** A run as its file has it. */
export interface Row {
  id: string;
  workflow: string;
  status: string;
  created_at: string;
  updated_at: string;
  inputs: string;
  document: string;
  format: number;
  output: string | null;
  error: string | null;
  questions: string;
  fence: number;
  holder: string | null;
  beat_at: number;
  owner: string | null;
}

const text = { required: string };

const STATUS: Check = oneOf("running", "waiting", "completed", "failed", "cancelled");
const ERROR = withFields("an error", { code: text, message: text });
const QUESTIONS = list("questions", withFields("a question", { id: text, step: text, message: text }));
const HOLDER = withFields("a process", { pid: { required: wholeNumber() }, host: text, token: text });
const STEP = withFields("the record of a step", {
  key: text,
  status: { required: oneOf("completed", "failed") },
  results: { required: jsonObject },
  usage: { required: jsonObject },
});

/**
 * A run as engines report it.
 *
 * @throws {SluiceError} `store-failed` for a row that this engine did not write, with the column that is wrong.
 */
export function recordOf(row: Row): WorkflowRunRecord {
  const read = <Value>(column: string, stored: string, check: Check) =>
    readStored<Value>(row.id, column, stored, check);
  return {
    id: row.id,
    workflow: row.workflow,
    status: checked<RunStatus>(row.id, "status", row.status, STATUS),
    ...(row.owner !== null && { owner: row.owner }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    inputs: read<JsonObject>("inputs", row.inputs, jsonObject),
    document: read<JsonObject>("document", row.document, jsonObject),
    format: row.format,
    ...(row.output !== null && { output: read<JsonValue>("output", row.output, () => {}) }),
    ...(row.error !== null && { error: read<NonNullable<WorkflowRunRecord["error"]>>("error", row.error, ERROR) }),
    questions: read<WorkflowRunRecord["questions"]>("questions", row.questions, QUESTIONS),
  };
}

/** Who has a run. @throws {SluiceError} `store-failed`. */
export function holderOf({ id, holder }: Row): Holder | undefined {
  return holder === null ? undefined : readStored<Holder>(id, "holder", holder, HOLDER);
}

/** The record of a step that a run wrote. @throws {SluiceError} `store-failed`. */
export function stepRecordOf(run: string, key: string, body: string): StepRecord {
  return readStored<StepRecord>(run, `step ${key}`, body, STEP);
}

/** What a run noted. @throws {SluiceError} `store-failed`. */
export function noteOf(run: string, key: string, body: string): JsonValue {
  return readStored<JsonValue>(run, `note ${key}`, body, () => {});
}

function readStored<Value>(run: string, what: string, stored: string, check: Check): Value {
  let found: unknown;
  try {
    found = parseJson(stored);
  } catch (thrown) {
    throw damaged(run, `${what}: ${messageOf(thrown)}`);
  }
  return checked<Value>(run, what, found, check);
}

function checked<Value>(run: string, what: string, found: unknown, check: Check): Value {
  try {
    check(found, what);
  } catch (thrown) {
    throw damaged(run, messageOf(thrown));
  }
  return found as Value;
}

function damaged(run: string, what: string): SluiceError {
  return new SluiceError("store-failed", `the run ${run} cannot be read: ${what}`);
}
