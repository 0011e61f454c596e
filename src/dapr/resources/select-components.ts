import { SluiceError } from "../../stream/error.js";
import { type ComponentDefinition, logName } from "./component-resource.js";

/** Who loads: decides which components are meant for it. */
export interface Loader {
  appId: string;
  /** The namespace; only where one is set does that of a component matter. */
  namespace: string | undefined;
}

/**
 * The components that are meant for an app, in their order. Checked in daprd's order: the namespace, then whether the name
 * is taken, then the scopes; a name is taken only by a component that passed all three.
 *
 * @throws {SluiceError} `invalid-argument` in daprd's words for names that are taken.
 */
export function selectComponents(components: readonly ComponentDefinition[], loader: Loader): ComponentDefinition[] {
  const selected = new Map<string, ComponentDefinition>();
  const duplicates: string[] = [];
  for (const component of components) {
    if (!isInNamespace(component.namespace, loader.namespace)) continue;
    const existing = selected.get(component.name);
    if (existing !== undefined) {
      duplicates.push(
        `duplicate definition of Component name ${logName(component)} with existing ${logName(existing)}`,
      );
    } else if (isInScope(component.scopes, loader.appId)) selected.set(component.name, component);
  }
  if (duplicates.length > 0) {
    throw new SluiceError("invalid-argument", `failed to load components: ${duplicates.join("\n")}`);
  }
  return [...selected.values()];
}

/** Whether an app may use a resource: an empty list means all apps. */
export function isInScope(scopes: readonly string[], appId: string): boolean {
  return scopes.length === 0 || scopes.includes(appId);
}

function isInNamespace(namespace: string, current: string | undefined): boolean {
  return current === undefined || namespace === "" || namespace === current;
}
