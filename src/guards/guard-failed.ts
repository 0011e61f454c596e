import { messageOf, SluiceError } from "../stream/error.js";

/**
 * What a guard's own code threw as the guard's error, whoever the guard had asked: the provider is not to blame, and neither
 * a retry nor another model gets around it. What a guard says of itself stays as it is.
 */
export function guardFailed(guard: string, thrown: unknown): SluiceError {
  if (!(thrown instanceof SluiceError)) {
    return new SluiceError("guard-failed", `the guard ${guard} failed: ${messageOf(thrown)}`, { cause: thrown });
  }
  if (thrown.code === "blocked" || thrown.code === "guard-failed") return thrown;
  const { field, message } = thrown;
  const at = field === undefined ? {} : { field };
  return new SluiceError("guard-failed", `the guard ${guard} failed: ${message}`, { ...at, cause: thrown });
}
