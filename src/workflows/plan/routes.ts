import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import type { Findings } from "../format/diagnostic.js";
import { isNote } from "./notes.js";
import { END, type OnError, type StepRoutes } from "./plan.js";
import type { StepSource } from "./step-source.js";

/** Words that end a run where a step would stand. */
const END_WORDS = new Set(["end", "exit", "terminate", "stop", "finish", "done", "none", ""]);
/** Keys of `routes` for any other value. */
const OTHERWISE = new Set(["default", "else", "*", "otherwise", "_"]);

/** Names of the step that deals with a failure. */
const GO_TO = ["step", "goto", "go_to", "next_step", "route", "then_step"];

/** Words for the next item, in the body of a loop. */
const NEXT_ITEM = new Set(["continue", "next", "next_item"]);

/** Where the steps of a list say to go next. */
export class Targets {
  readonly #byId: ReadonlyMap<string, number>;
  readonly #findings: Findings;
  readonly #beside: ReadonlySet<string> | undefined;
  readonly #leaves: string[] = [];

  /** @param beside the steps beside a loop of which this list is the body; routes may leave it for them. */
  constructor(byId: ReadonlyMap<string, number>, findings: Findings, beside?: ReadonlySet<string>) {
    this.#byId = byId;
    this.#findings = findings;
    this.#beside = beside;
  }

  /** Where the choices below `END` lead. */
  get leaves(): readonly string[] {
    return this.#leaves;
  }

  routes({ id, path, rest }: StepSource): StepRoutes | undefined {
    const routes = rest.routes;
    if (routes === undefined || routes === null) return undefined;
    if (!isJsonObject(routes)) {
      this.#findings.error("wrong-kind", `${path}.routes`, "routes are an object: value to step id", {
        step: id,
        suggestion: 'write {"yes": "one_step", "no": "another", "default": "end"}',
      });
      return undefined;
    }
    const cases = new Map<string, number>();
    let otherwise: number | undefined;
    for (const [value, target] of Object.entries(routes)) {
      const index = this.target(target, `${path}.routes.${value}`, id);
      if (index === undefined) continue;
      if (OTHERWISE.has(value.toLowerCase())) otherwise = index;
      else cases.set(value.trim().toLowerCase(), index);
    }
    return { cases, ...(otherwise !== undefined && { otherwise }) };
  }

  target(target: JsonValue | undefined, path: string, step: string): number | undefined {
    if (target === null) return END;
    const id = isJsonObject(target) && typeof target.step === "string" ? target.step : target;
    if (typeof id !== "string") {
      this.#findings.error("wrong-kind", path, "this is no step's id", {
        step,
        suggestion: `write end, or one of ${[...this.#byId.keys()].slice(0, 20).join(", ")}`,
      });
      return undefined;
    }
    const index = this.#byId.get(id);
    if (index !== undefined) return index;
    const left = this.#leaving(id);
    if (left !== undefined) return left;
    if (END_WORDS.has(id.toLowerCase())) return END;
    const near = nearest(id, [...this.#byId.keys()]);
    const end =
      this.#beside === undefined
        ? "write end to end the run here"
        : "write continue for the next item, or break for what comes after the loop";
    const suggestion = near.length > 0 ? `did you mean ${near.join(" or ")}?` : end;
    this.#findings.error("unknown-route", path, `there is no step ${JSON.stringify(id)} to go to`, {
      step,
      suggestion,
    });
    return undefined;
  }

  /** Where a step of a loop's body leads out of this round. */
  #leaving(id: string): number | undefined {
    if (this.#beside === undefined) return undefined;
    const word = id.toLowerCase();
    if (NEXT_ITEM.has(word)) return END;
    if (!this.#beside.has(id) && word !== "break") return undefined;
    const target = this.#beside.has(id) ? id : "";
    if (!this.#leaves.includes(target)) this.#leaves.push(target);
    return END - 1 - this.#leaves.indexOf(target);
  }

  onError({ id, path, rest }: StepSource): OnError {
    const found = rest.on_error ?? (rest.optional === true ? "continue" : undefined);
    if (found === undefined || found === "fail") return { action: "fail" };
    if (found === "continue" || found === "skip") return { action: "continue", value: null };
    if (isJsonObject(found)) return this.#onErrorObject(found, path, id);
    const to = this.target(found, `${path}.on_error`, id);
    return to === undefined ? { action: "fail" } : { action: "go", to };
  }

  #onErrorObject(found: JsonObject, path: string, id: string): OnError {
    const { action = "default" in found ? "continue" : "fail", default: value = null } = found;
    const field = GO_TO.find((name) => found[name] !== undefined);
    if (field !== undefined) {
      const to = this.target(found[field], `${path}.on_error.${field}`, id);
      return to === undefined ? { action: "fail" } : { action: "go", to };
    }
    const stray = Object.keys(found).find((name) => name !== "action" && name !== "default" && !isNote(name));
    if (stray !== undefined) {
      const [near] = nearest(stray, ["action", "default", ...GO_TO], 1);
      this.#findings.error(
        "unknown-field",
        `${path}.on_error.${stray}`,
        `on_error has no field ${JSON.stringify(stray)}`,
        {
          step: id,
          suggestion: near === undefined ? "it has action, default and step" : `did you mean ${near}?`,
        },
      );
    }
    if (action === "continue" || action === "skip") return { action: "continue", value };
    if (action === "fail") return { action: "fail" };
    this.#findings.error("wrong-kind", `${path}.on_error.action`, "this is none of fail and continue", { step: id });
    return { action: "fail" };
  }
}
