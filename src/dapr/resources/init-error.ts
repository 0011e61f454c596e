import { SluiceError } from "../../stream/error.js";
import { logName } from "./component-resource.js";

/** What failed: making the component, or starting it. */
export type InitFailure = "CREATE_COMPONENT_FAILURE" | "INIT_COMPONENT_FAILURE";

/** Why a component did not start, in daprd's words. */
export class ComponentInitError extends Error {
  constructor(component: { name: string; type: string; version: string }, kind: InitFailure, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`[${kind}]: initialization error occurred for ${logName(component)}: ${reason}`, { cause });
    this.name = "ComponentInitError";
  }
}

/** The error that ends the start because of one component, in daprd's words. */
export function startFailed(component: { name: string; type: string; version: string }, cause: unknown): SluiceError {
  const failure =
    cause instanceof ComponentInitError ? new ComponentInitError(component, "INIT_COMPONENT_FAILURE", cause) : cause;
  const reason = failure instanceof Error ? failure.message : String(failure);
  return new SluiceError("invalid-argument", `process component ${component.name} error: ${reason}`, { cause });
}
