import { nearest } from "../../base/nearest.js";
import { SluiceError } from "../../stream/error.js";
import { reworded } from "./reworded.js";

/** The variable that names the component where nobody else does. */
export const COMPONENT_VARIABLE = "DAPR_LLM_COMPONENT_DEFAULT";

/**
 * The component to ask: the one that is named, or else the only one there is.
 *
 * @param named by the call, the client or the environment.
 * @param components those that there are; `undefined` where that is not known.
 * @param who answers, for the error.
 * @throws {SluiceError} `invalid-argument`, with the components that there are.
 */
export function chooseComponent(
  named: string | undefined,
  components: readonly string[] | undefined,
  who: string,
): string {
  if (named !== undefined) return named;
  const [first, ...others] = components ?? [];
  if (first !== undefined && others.length === 0) return first;
  const found =
    components === undefined
      ? `${who} does not say which conversation components it has`
      : components.length === 0
        ? `${who} has no conversation component`
        : `${who} has several conversation components: ${components.join(", ")}`;
  const message = `llmComponent: found nothing, and ${found}; name one as llmComponent, or in ${COMPONENT_VARIABLE}`;
  throw new SluiceError("invalid-argument", message, { field: "llmComponent" });
}

/**
 * The error of a call, which names the components that exist if the one that was asked does not.
 *
 * @param components those that there are; `undefined` where that is not known.
 */
export function withSuggestion(
  error: SluiceError,
  asked: string,
  components: readonly string[] | undefined,
): SluiceError {
  if (error.code !== "not-found" || components === undefined || components.includes(asked)) return error;
  const near = nearest(asked, components);
  const hint =
    near.length > 0
      ? `did you mean ${near.join(" or ")}?`
      : components.length > 0
        ? `the components are ${components.join(", ")}`
        : "there is no conversation component";
  return reworded(error, `${error.message}; ${hint}`);
}
