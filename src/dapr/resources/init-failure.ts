import { messageOf, SluiceError } from "../../stream/error.js";
import { logName } from "./component-resource.js";

/** What failed: making the component, or starting it. */
export type InitFailureKind = "CREATE_COMPONENT_FAILURE" | "INIT_COMPONENT_FAILURE";

/** What names a component in messages. */
export interface NamedComponent {
  name: string;
  type: string;
  version: string;
}

/** Why a component could not be made or started, in daprd's words. */
export function initFailure(component: NamedComponent, kind: InitFailureKind, cause: unknown): SluiceError {
  const reason = messageOf(cause);
  const message = `[${kind}]: initialization error occurred for ${logName(component)}: ${reason}`;
  return new SluiceError("invalid-argument", message, { cause });
}

/** The error that ends the start because of one component, in daprd's words. */
export function startFailed(component: NamedComponent, failure: SluiceError): SluiceError {
  const wrapped = initFailure(component, "INIT_COMPONENT_FAILURE", failure);
  return new SluiceError("invalid-argument", `process component ${component.name} error: ${wrapped.message}`, {
    cause: failure,
  });
}
