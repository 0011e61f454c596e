import type { Environment } from "../../models/provider.js";
import { messageOf } from "../../stream/error.js";
import type { ComponentDefinition, MetadataItem } from "./component-resource.js";
import type { Report } from "./notice.js";
import { fillPlaceholders, type PlaceholderValues } from "./placeholders.js";
import type { Properties } from "./properties.js";
import type { SecretStore } from "./secrets/secret-store.js";

/** What metadata is filled in from. */
export interface PropertySources {
  env: Environment;
  secretStores: ReadonlyMap<string, SecretStore>;
  placeholders: PlaceholderValues;
  report: Report;
}

/** The filled-in metadata, or the secret store that it waits for. */
export type ResolvedProperties = { properties: Properties } | { waitsFor: string };

/**
 * Fills in a component's metadata: first variables, then secrets, then placeholders. A variable that may not be read and
 * a secret that cannot be read leave the value empty and are reported.
 *
 * @throws {SluiceError} `invalid-argument` for `{podName}` where no pod is known.
 */
export function resolveProperties(component: ComponentDefinition, sources: PropertySources): ResolvedProperties {
  const resolved = new Map<string, string>();
  let storeMissing = false;
  for (const item of component.metadata) {
    const text = storeMissing ? (item.value ?? "") : readItem(item, component, sources);
    if (text === undefined) {
      if (component.secretStore !== "") return { waitsFor: component.secretStore };
      // Where the component names no store, daprd reads nothing more of what follows and starts it all the same.
      storeMissing = true;
    }
    resolved.set(item.name, fillPlaceholders(text ?? item.value ?? "", item.name, sources.placeholders));
  }
  return { properties: [...resolved] };
}

/** The item's text, or nothing where its secret store is not there. */
function readItem(
  item: MetadataItem,
  component: ComponentDefinition,
  { env, secretStores, report }: PropertySources,
): string | undefined {
  const { value, envRef, secretKeyRef } = item;
  if (value === undefined && envRef !== undefined) {
    if (isAllowed(envRef, env)) return env[envRef] ?? "";
    const message = `Component ${component.name} references an env variable that isn't allowed: ${envRef}`;
    report({ level: "warning", message });
    return "";
  }
  if (secretKeyRef === undefined) return value ?? "";
  const store = secretStores.get(component.secretStore);
  if (store === undefined) {
    const message = `Component ${component.name} references a secret store that isn't loaded: ${component.secretStore}`;
    report({ level: "warning", message });
    return undefined;
  }
  try {
    const secret = store.get(secretKeyRef.name);
    const key = secretKeyRef.key || secretKeyRef.name;
    return (Object.hasOwn(secret, key) ? secret[key] : "") || (value ?? "");
  } catch (error) {
    report({ level: "error", message: `Error getting secret: ${messageOf(error)}` });
    return value ?? "";
  }
}

/** Dapr's own variables are not for components; `DAPR_ENV_KEYS`, where it is set, names those that are. */
function isAllowed(name: string, env: Environment): boolean {
  const upper = name.toUpperCase();
  if (upper === "" || upper === "APP_API_TOKEN" || upper.startsWith("DAPR_") || upper.includes(" ")) return false;
  const allowed = env.DAPR_ENV_KEYS ?? "";
  return allowed === "" || allowed.split(" ").includes(upper);
}
