import type { ComponentDefinition } from "../component-resource.js";
import { initFailure, startFailed } from "../init-failure.js";
import { duplicateProperty, type Properties } from "../properties.js";
import { type PropertySources, resolveProperties } from "../resolve-properties.js";
import { localEnvStore } from "./local-env-store.js";
import { localFileStore } from "./local-file-store.js";
import type { SecretStore } from "./secret-store.js";

type OpenStore = (properties: Properties, sources: Omit<PropertySources, "secretStores">) => SecretStore;

const STORES: Readonly<Record<string, OpenStore>> = {
  "secretstores.local.file": (properties) => localFileStore(properties),
  "secretstores.local.env": (properties, { env, report }) => localEnvStore(properties, env, report),
};

/**
 * Opens the secret stores among the components, by name. A store may take its own settings from another one. Stores of
 * cloud services are not read here: they are reported, and what needs them waits as it does in daprd.
 *
 * @throws {SluiceError} `invalid-argument` when a store cannot be opened that does not ignore errors.
 */
export function openSecretStores(
  components: readonly ComponentDefinition[],
  sources: Omit<PropertySources, "secretStores">,
): Map<string, SecretStore> {
  const stores = new Map<string, SecretStore>();
  let waiting = components.filter(({ type }) => type.startsWith("secretstores."));
  for (let before = -1; waiting.length !== before && waiting.length > 0; ) {
    before = waiting.length;
    waiting = waiting.filter((component) => {
      const store = openStore(component, stores, sources);
      if (store !== undefined && store !== "waits") stores.set(component.name, store);
      return store === "waits";
    });
  }
  return stores;
}

function openStore(
  component: ComponentDefinition,
  secretStores: ReadonlyMap<string, SecretStore>,
  sources: Omit<PropertySources, "secretStores">,
): SecretStore | "waits" | undefined {
  const { name, type, ignoreErrors } = component;
  const { report } = sources;
  const open = Object.hasOwn(STORES, type) ? STORES[type] : undefined;
  if (open === undefined) {
    report({ level: "error", message: `Component ${name}: secret stores of type ${type} are not read here` });
    return undefined;
  }
  try {
    // Its metadata is checked once all components are filled in.
    const resolved = resolveProperties(component, { ...sources, secretStores, report: () => {} });
    if ("waitsFor" in resolved) return "waits";
    const duplicate = duplicateProperty(resolved.properties);
    if (duplicate !== undefined) throw new Error(`duplicate property found: ${duplicate}`);
    return open(resolved.properties, sources);
  } catch (cause) {
    const error = startFailed(component, initFailure(component, "INIT_COMPONENT_FAILURE", cause));
    if (!ignoreErrors) throw error;
    report({ level: "error", message: error.message });
    return undefined;
  }
}
