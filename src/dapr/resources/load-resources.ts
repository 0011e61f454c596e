import { uuid } from "../../base/uuid.js";
import type { Environment } from "../../models/provider.js";
import { defaultEnvironment } from "../../models/provider-environment.js";
import { callable, either, exactly, type Fields, filledString, jsonObject, list, string } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { type ComponentDefinition, readComponent } from "./component-resource.js";
import type { DaprResource } from "./dapr-resource.js";
import { initFailure, startFailed } from "./init-failure.js";
import type { Notice, Report } from "./notice.js";
import type { Properties } from "./properties.js";
import { readResourceFolder } from "./read-resource-folder.js";
import { resolveProperties } from "./resolve-properties.js";
import { openSecretStores } from "./secrets/open-secret-stores.js";
import { isInScope, selectComponents } from "./select-components.js";
import { substituteVariables } from "./substitute-variables.js";

/** Settings of `loadResources`. */
export interface LoadResourcesOptions {
  /** The folder with the YAML files, or several. */
  resourcesPath: string | readonly string[];
  /** The app that the components are for. */
  appId: string;
  /** Where `envRef`, secrets, `NAMESPACE` and `POD_NAME` are looked up. Default `process.env`. */
  env?: Environment;
  /**
   * Puts values in the place of `${NAME}` in the YAML, looked up here and then in `env`. Off by default: daprd takes such
   * text as it is.
   */
  substitute?: Readonly<Record<string, string | undefined>>;
  /** Called with each notice, as it happens. */
  report?: Report;
  /** Makes the ids for `{uuid}`. Default: random ones. */
  uuid?: () => string;
}

/** A component with its metadata filled in. */
export interface LoadedComponent extends ComponentDefinition {
  /** The metadata by name, with secrets and variables looked up. */
  properties: Properties;
}

/** What is in the resources folders for one app. */
export interface LoadedResources {
  /** Components with their metadata filled in, in the order of the files. Those that wait for a secret store are not among them. */
  components: LoadedComponent[];
  /** Components that wait for a secret store that is not there: daprd never starts those, and says so once. */
  waiting: ComponentDefinition[];
  /** Resiliency resources that are meant for this app. */
  resiliencies: DaprResource[];
  /** All other resources as they stand: Configuration, Subscription, HTTPEndpoint and what else there may be. */
  others: DaprResource[];
  /** The namespace of the app: `NAMESPACE`, or `default`. */
  namespace: string;
  /** What happened while they were loaded, oldest first. */
  notices: Notice[];
}

/** Which folders, and for which app. */
export const RESOURCE_FIELDS = {
  resourcesPath: {
    required: either("a path, or an array of paths", filledString, list("an array of paths", filledString)),
  },
  appId: { required: string },
  env: jsonObject,
  substitute: jsonObject,
  report: callable,
  uuid: callable,
} satisfies Record<keyof LoadResourcesOptions, Fields[string]>;

const OPTIONS = exactly("loadResources", RESOURCE_FIELDS);

/**
 * Reads resources folders as daprd does in self-hosted mode.
 *
 * @throws {SluiceError} `invalid-argument`, in daprd's words, for a folder that is missing, a name that is taken, a secret
 *   store that does not open.
 */
export async function loadResources(options: LoadResourcesOptions): Promise<LoadedResources> {
  OPTIONS(options, "");
  const { appId, resourcesPath, substitute, uuid: newId = uuid } = options;
  const env = options.env ?? defaultEnvironment();
  const notices: Notice[] = [];
  const report: Report = (notice) => {
    notices.push(notice);
    options.report?.(notice);
  };
  const substitution = substitute && substituteVariables([substitute, env], report);
  const resources: DaprResource[] = [];
  for (const folder of typeof resourcesPath === "string" ? [resourcesPath] : resourcesPath) {
    resources.push(...(await readResourceFolder(folder, report, substitution)));
  }
  const current = env.NAMESPACE || undefined;
  const selected = selectComponents(readComponents(resources, report), { appId, namespace: current });
  const placeholders = { appId, namespace: current ?? "default", podName: env.POD_NAME ?? "", uuid: newId };
  const secretStores = openSecretStores(selected, { env, placeholders, report });
  const components: LoadedComponent[] = [];
  const waiting: ComponentDefinition[] = [];
  for (const component of selected) {
    try {
      const resolved = resolveProperties(component, { env, secretStores, placeholders, report });
      if ("properties" in resolved) components.push({ ...component, properties: resolved.properties });
      else waiting.push(component);
    } catch (cause) {
      if (!(cause instanceof SluiceError)) throw cause;
      const error = startFailed(component, initFailure(component, "INIT_COMPONENT_FAILURE", cause));
      if (!component.ignoreErrors) throw error;
      report({ level: "error", message: error.message });
    }
  }
  const others = resources.filter(({ kind }) => kind !== "Component");
  return {
    components,
    waiting,
    resiliencies: others.filter(({ kind, scopes }) => kind === "Resiliency" && isInScope(scopes, appId)),
    others: others.filter(({ kind }) => kind !== "Resiliency"),
    namespace: placeholders.namespace,
    notices,
  };
}

function readComponents(resources: readonly DaprResource[], report: Report): ComponentDefinition[] {
  const components: ComponentDefinition[] = [];
  for (const resource of resources) {
    if (resource.kind !== "Component") continue;
    try {
      components.push(readComponent(resource));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      const message = `daprd load Component error when parsing manifests yaml resource in ${resource.file}: ${error.message}`;
      report({ level: "warning", message });
    }
  }
  return components;
}
