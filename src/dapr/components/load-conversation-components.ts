import { type Clock, systemClock } from "../../base/clock.js";
import type { HttpServiceOptions } from "../../models/http/http-service.js";
import { defaultEnvironment } from "../../models/provider-environment.js";
import { TIMEOUTS } from "../../stream/call-options.js";
import { between, callable, clock as clockCheck, exactly, type Fields, transport } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { readResiliency } from "../resiliency/read-resiliency.js";
import { logName } from "../resources/component-resource.js";
import {
  type LoadedComponent,
  type LoadedResources,
  type LoadResourcesOptions,
  loadResources,
  RESOURCE_FIELDS,
} from "../resources/load-resources.js";
import type { Notice, Report } from "../resources/notice.js";
import { categoryOf } from "../resources/resource-types.js";
import type { ConversationComponent } from "./conversation-component.js";
import { openConversationComponent } from "./open-conversation-component.js";

/** Settings of `loadConversationComponents`. */
export interface LoadComponentsOptions extends LoadResourcesOptions {
  /** Default: the machine's. */
  clock?: Clock;
  /** From 0 to 1; spreads retries. Default `Math.random`. */
  random?: () => number;
  /** How HTTP calls are made. Default: undici, with the usual timeouts. */
  http?: Pick<HttpServiceOptions, "transport" | "timeouts">;
  /** Between two words of the component `conversation.echo`, in ms. Default 5. */
  echoPauseMs?: number;
  /** Loads packages that applications install themselves (the AWS SDK). Default: `import()`. */
  importPackage?: (name: string) => Promise<unknown>;
}

/** The fields of `LoadComponentsOptions`, for whoever takes them beside others. */
export const LOADING_FIELDS = {
  ...RESOURCE_FIELDS,
  clock: clockCheck,
  random: callable,
  http: exactly("http", { transport, timeouts: TIMEOUTS }),
  echoPauseMs: between(0, Number.POSITIVE_INFINITY),
  importPackage: callable,
} satisfies Record<keyof LoadComponentsOptions, Fields[string]>;

const OPTIONS = exactly("loadConversationComponents", LOADING_FIELDS);

/** Those of some options that say how components are loaded. */
export function loadingOptions(options: LoadComponentsOptions): LoadComponentsOptions {
  return of(options, LOADING_FIELDS);
}

/** Those of some options that have such names. */
function of(options: LoadComponentsOptions, fields: object): LoadComponentsOptions {
  const { resourcesPath, appId } = options;
  const others = Object.entries(options).filter(([name]) => Object.hasOwn(fields, name));
  return { ...Object.fromEntries(others), resourcesPath, appId };
}

/** The conversation components of an app, and what else its resources folders hold. */
export interface ConversationComponents {
  /** By name, in the order of the files. */
  components: ReadonlyMap<string, ConversationComponent>;
  /** All resources as they were loaded: components of other categories and other kinds run only in a real daprd. */
  resources: LoadedResources;
  /** What happened while they were loaded, oldest first. */
  notices: readonly Notice[];
}

/**
 * Loads the conversation components of resources folders, as daprd does: its order of checks, its messages. A component
 * that fails to start ends the start, unless it ignores errors. Nothing is sent.
 *
 * @throws {SluiceError} `invalid-argument` in daprd's words, and for unknown options.
 */
export async function loadConversationComponents(options: LoadComponentsOptions): Promise<ConversationComponents> {
  OPTIONS(options, "");
  const { clock = systemClock, random = Math.random, http = {}, echoPauseMs = 5 } = options;
  const { importPackage } = options;
  const env = options.env ?? defaultEnvironment();
  const resources = await loadResources({ ...of(options, RESOURCE_FIELDS), env });
  const notices = [...resources.notices];
  const report: Report = (notice) => {
    notices.push(notice);
    options.report?.(notice);
  };
  const resiliency = readResiliency(resources.resiliencies, clock, report);
  const surroundings = { env, clock, random, http, importPackage, resiliency, echoPauseMs, report };
  const components = new Map<string, ConversationComponent>();
  for (const component of resources.components) {
    const category = categoryOf(component.type);
    // Components of other categories run only in a real daprd.
    if (category !== undefined && category !== "conversation") continue;
    try {
      if (category === undefined) throw incorrectType(component);
      components.set(component.name, await openConversationComponent(component, surroundings));
      report({ level: "info", message: `Component loaded: ${logName(component)}` });
    } catch (error) {
      const failure = SluiceError.from(error);
      if (!component.ignoreErrors) throw failure;
      report({ level: "error", message: failure.message });
    }
  }
  return { components, resources, notices };
}

function incorrectType({ name, type }: LoadedComponent): SluiceError {
  return new SluiceError("invalid-argument", `process component ${name} error: incorrect type ${type}`);
}
