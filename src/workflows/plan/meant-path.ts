import type { FieldPath } from "../format/path.js";
import { makes } from "./makes.js";
import type { StepSource } from "./step-source.js";

/** What authors call all that a step makes. */
const ALL = new Set(["output", "outputs", "result", "results"]);

/** A path into what a step makes; a word for all of it is left out where the step makes nothing that is called so. */
export function meantPath(source: StepSource, path: FieldPath): FieldPath {
  const [first, ...rest] = path;
  return first !== undefined && ALL.has(first) && !makes(source, first) ? rest : path;
}
