import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { DaprResource } from "./dapr-resource.js";
import { parseGoDuration } from "./go-duration.js";
import { booleanField, field, listField, objectField, textField, wrongType } from "./yaml-fields.js";

/** How long a component may take to start where its YAML does not say, in ms. */
const DEFAULT_INIT_TIMEOUT_MS = 5_000;

/** One entry of a component's metadata, before secrets and variables are looked up. */
export interface MetadataItem {
  /** The field's name. */
  name: string;
  /** The value's text; absent if there is none. */
  value?: string;
  /** A secret: its name, and the key in it ("" for the same). */
  secretKeyRef?: { name: string; key: string };
  /** A variable of the environment. */
  envRef?: string;
}

/** A component as its YAML describes it. */
export interface ComponentDefinition {
  /** `metadata.name`: how applications name it. */
  name: string;
  /** `metadata.namespace`; empty where it has none. */
  namespace: string;
  /** For example `conversation.openai`. */
  type: string;
  /** `spec.version`, for example `v1`. */
  version: string;
  /** The ids of the apps that may use it; empty: all. */
  scopes: readonly string[];
  /** Whether the start goes on where this component fails. */
  ignoreErrors: boolean;
  /** Ms. */
  initTimeoutMs: number;
  /** The name of the secret store that `secretKeyRef` means; "" for none. */
  secretStore: string;
  /** `spec.metadata`, in its order. */
  metadata: readonly MetadataItem[];
  /** The path of the file that it stands in. */
  file: string;
}

/** How daprd names a component in its messages. */
export function logName({ name, type, version }: { name: string; type: string; version: string }): string {
  return `${name} (${type}/${version})`;
}

/**
 * A component of its document.
 *
 * @throws {SluiceError} `invalid-argument` for fields of the wrong type.
 */
export function readComponent(resource: DaprResource): ComponentDefinition {
  const { name, namespace, scopes, file, body } = resource;
  const spec = objectField(body, "spec", "");
  const timeout = parseGoDuration(textField(spec, "initTimeout", "spec"));
  return {
    name,
    namespace,
    type: textField(spec, "type", "spec"),
    version: textField(spec, "version", "spec"),
    scopes,
    ignoreErrors: booleanField(spec, "ignoreErrors", "spec"),
    initTimeoutMs: timeout !== undefined && timeout > 0 ? timeout : DEFAULT_INIT_TIMEOUT_MS,
    secretStore: textField(objectField(body, "auth", ""), "secretStore", "auth"),
    metadata: listField(spec, "metadata", "spec").map((item, index) => readItem(item, `spec.metadata[${index}]`)),
    file,
  };
}

function readItem(item: JsonValue, path: string): MetadataItem {
  if (!isJsonObject(item)) throw wrongType(path, item, "object");
  const value = field(item, "value");
  const secret = objectField(item, "secretKeyRef", path);
  const secretName = textField(secret, "name", `${path}.secretKeyRef`);
  const envRef = textField(item, "envRef", path);
  return {
    name: textField(item, "name", path),
    ...(value !== undefined && value !== null && { value: textOfValue(value) }),
    ...(secretName !== "" && {
      secretKeyRef: { name: secretName, key: textField(secret, "key", `${path}.secretKeyRef`) },
    }),
    ...(envRef !== "" && { envRef }),
  };
}

/** Any JSON value has a text: text is itself, the rest is its JSON. */
function textOfValue(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
