import { SluiceError } from "../../stream/error.js";

/** What kind of thing is wrong with a workflow. Stable: editors may switch on it. */
export type DiagnosticCode =
  | "not-json"
  | "wrong-kind"
  | "missing-field"
  | "unknown-field"
  | "unknown-step-type"
  | "duplicate-id"
  | "unknown-step"
  | "unknown-output"
  | "unknown-route"
  | "unknown-name"
  | "implied-reference"
  | "ambiguous-reference"
  | "bad-condition"
  | "bad-template"
  | "cycle"
  | "unreachable"
  | "may-be-skipped"
  | "implied-input"
  | "no-effect"
  | "not-configured"
  | "not-allowed";

/** One thing that is wrong with a workflow, or that its reader should know. */
export interface Diagnostic {
  /** An error keeps the workflow from running; a warning is about an unclear place, and how it is read. */
  severity: "error" | "warning";
  /** What kind of finding it is; stays the same over versions. */
  code: DiagnosticCode;
  /** Where, for example `steps[2].inputs.message`. */
  path: string;
  /** What is wrong, for people. */
  message: string;
  /** What to write instead. */
  suggestion?: string;
  /** The id of the step that it is about. */
  step?: string;
}

/** What to do about an error, where nothing better is known. */
const USUAL_ADVICE: Partial<Record<DiagnosticCode, string>> = {
  "not-json": "look for a comma, a quote or a bracket that is missing before that place",
  "wrong-kind": "sluice workflow schema says what may stand here",
  "missing-field": "add it: sluice workflow schema says what it may be",
  "duplicate-id": "give one of them another id",
  "bad-condition": "write a comparison, for example \"score >= 3 and status == 'open'\"",
  "bad-template": "write {name} or {{ name }}; filters and tags are those of Liquid",
  "not-allowed": "put the inner steps into a workflow of their own, and call it",
  "not-configured": "name a model that is configured, or give it in the option models",
};

/** Takes what is found while a workflow is read. */
export class Findings {
  readonly all: Diagnostic[] = [];

  error(code: DiagnosticCode, path: string, message: string, more: Pick<Diagnostic, "suggestion" | "step"> = {}): void {
    const suggestion = more.suggestion ?? USUAL_ADVICE[code];
    this.all.push({ severity: "error", code, path, message, ...more, ...(suggestion !== undefined && { suggestion }) });
  }

  warn(code: DiagnosticCode, path: string, message: string, more: Pick<Diagnostic, "suggestion" | "step"> = {}): void {
    this.all.push({ severity: "warning", code, path, message, ...more });
  }

  get errors(): Diagnostic[] {
    return this.all.filter(({ severity }) => severity === "error");
  }
}

/** A diagnostic in one line. */
export function describeDiagnostic({ severity, path, message, suggestion }: Diagnostic): string {
  const where = path === "" ? "" : `${path}: `;
  return `${severity}: ${where}${message}${suggestion === undefined ? "" : ` (${suggestion})`}`;
}

/** The error for a workflow that cannot run: it lists everything that is wrong with it. */
export function refusedWorkflow(name: string, errors: readonly Diagnostic[]): SluiceError {
  const lines = errors.map((one) => `\n  ${describeDiagnostic(one)}`).join("");
  const field = errors[0]?.path;
  return new SluiceError("invalid-argument", `workflow ${name} cannot run:${lines}`, field ? { field } : {});
}
