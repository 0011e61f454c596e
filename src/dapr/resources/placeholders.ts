import { resourceError } from "./yaml-fields.js";

/** What stands for placeholders in metadata. */
export interface PlaceholderValues {
  appId: string;
  namespace: string;
  /** "" outside of Kubernetes. */
  podName: string;
  /** A new id for each `{uuid}`. */
  uuid: () => string;
}

const PLACEHOLDER = /\{(uuid|podName|namespace|appID)\}/g;

/**
 * Fills `{uuid}`, `{podName}`, `{namespace}` (the namespace, a dot and the app's id) and `{appID}` in.
 *
 * @throws {SluiceError} `invalid-argument` for `{podName}` where no pod is known.
 */
export function fillPlaceholders(text: string, property: string, values: PlaceholderValues): string {
  if (!text.includes("{")) return text;
  return text.replace(PLACEHOLDER, (_, name: string) => {
    if (name === "uuid") return values.uuid();
    if (name === "namespace") return `${values.namespace}.${values.appId}`;
    if (name === "appID") return values.appId;
    if (values.podName !== "") return values.podName;
    throw resourceError(`failed to parse metadata: property ${property} refers to {podName} but podName is not set`);
  });
}
