import { invalid } from "../../stream/error.js";
import type { Verdict } from "./define-guard.js";

/**
 * A verdict as it was meant: a check may be written without types. Nothing is let through by mistake.
 *
 * @throws {SluiceError} `invalid-argument` for anything that is no verdict.
 */
export function readVerdict(verdict: Verdict | null, guard: string): Verdict {
  if (verdict === undefined || verdict === null) return undefined;
  const path = `the verdict of the guard ${guard}`;
  if (typeof verdict !== "object") throw invalid(path, verdict, "an object with an action, or nothing");
  const { action, reason } = verdict;
  if (action !== "replace" && action !== "block" && action !== "retract") {
    throw invalid(`${path}.action`, action, "replace, block, retract");
  }
  if (action === "replace" && typeof verdict.text !== "string") throw invalid(`${path}.text`, verdict.text, "a text");
  if (typeof reason !== "string" && (action !== "replace" || reason !== undefined)) {
    throw invalid(`${path}.reason`, reason, "a text");
  }
  return verdict;
}
