import { isJsonObject, type JsonObject } from "../../base/json.js";
import { listField, objectField, resourceError, textField, wrongType } from "./yaml-fields.js";

/** The one version of all of Dapr's resources that matter here. */
const API_VERSION = "dapr.io/v1alpha1";

/** One document of a resources folder. */
export interface DaprResource {
  /** For example `Component`, `Resiliency`, `Configuration`. */
  kind: string;
  /** For example `dapr.io/v1alpha1`. */
  apiVersion: string;
  /** `metadata.name`. */
  name: string;
  /** "" where it has none. */
  namespace: string;
  /** The apps that may use it; empty means all. */
  scopes: readonly string[];
  /** The file it stands in. */
  file: string;
  /** The whole document. */
  body: JsonObject;
}

/**
 * A document as a resource; `undefined` for one of another kind.
 *
 * @throws {SluiceError} `invalid-argument` for a name that daprd refuses, or fields of the wrong type.
 */
export function readResource(document: unknown, file: string): DaprResource | undefined {
  // A document of comments only is nothing.
  if (document === null) return undefined;
  if (!isJsonObject(document)) throw resourceError("error unmarshaling JSON: the document is not an object");
  const apiVersion = textField(document, "apiVersion", "");
  const kind = textField(document, "kind", "");
  if (apiVersion !== API_VERSION) return undefined;
  const metadata = objectField(document, "metadata", "");
  const name = textField(metadata, "name", "metadata");
  const complaint = nameComplaint(name);
  if (complaint !== undefined) throw resourceError(`invalid name ${JSON.stringify(name)} for "${kind}": ${complaint}`);
  return {
    kind,
    apiVersion,
    name,
    namespace: textField(metadata, "namespace", "metadata"),
    scopes: listField(document, "scopes", "").map((scope, index) => {
      if (typeof scope === "object") throw wrongType(`scopes[${index}]`, scope, "string");
      return String(scope);
    }),
    file,
    body: document,
  };
}

/** What Kubernetes' check of path segments says of a name (IsValidPathSegmentName); an empty name passes it. */
function nameComplaint(name: string): string | undefined {
  if (name === "." || name === "..") return `may not be '${name}'`;
  const found = ["/", "%"].filter((sign) => name.includes(sign)).map((sign) => `may not contain '${sign}'`);
  return found.length === 0 ? undefined : found.join("; ");
}
