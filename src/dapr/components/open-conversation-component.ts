import { SluiceError } from "../../stream/error.js";
import type { Resiliency } from "../resiliency/read-resiliency.js";
import { resilientModel } from "../resiliency/resilient-model.js";
import { initFailure, startFailed } from "../resources/init-failure.js";
import type { LoadedComponent } from "../resources/load-resources.js";
import type { Report } from "../resources/notice.js";
import type { ComponentKind, OpenContext } from "./component-kind.js";
import { readSettings } from "./component-settings.js";
import type { ConversationComponent } from "./conversation-component.js";
import { daprEcho } from "./dapr-echo.js";
import { HTTP_KINDS } from "./http-kinds.js";
import { cachedModel } from "./response-cache.js";

/** What components are opened with, beside their own metadata. */
export interface ComponentSurroundings extends Pick<OpenContext, "env" | "clock" | "http"> {
  resiliency: Resiliency;
  /** From 0 to 1; spreads retries. */
  random: () => number;
  /** Between two words of the component echo, in ms. */
  echoPauseMs: number;
  report: Report;
}

const KINDS: ReadonlyMap<string, ComponentKind> = new Map(HTTP_KINDS.map((kind) => [kind.type, kind]));

/** The types of conversation components that run here. */
export const CONVERSATION_TYPES: readonly string[] = ["conversation.echo", ...KINDS.keys()];

/** Versions that name the first version of a type. */
const VERSIONS = ["", "v0", "v1"];

/**
 * Opens a conversation component.
 *
 * @throws {SluiceError} `invalid-argument` in daprd's words for an unknown type or version, and for metadata that is
 *   missing or wrong.
 */
export function openConversationComponent(
  component: LoadedComponent,
  surroundings: ComponentSurroundings,
): ConversationComponent {
  const { name, type, version } = component;
  const known = type.toLowerCase();
  if (!CONVERSATION_TYPES.includes(known) || !VERSIONS.includes(version.toLowerCase())) {
    const cause = new SluiceError("invalid-argument", `couldn't find conversation ${type}/${version}`);
    throw startFailed(component, initFailure(component, "CREATE_COMPONENT_FAILURE", cause));
  }
  const { clock, random, resiliency, echoPauseMs } = surroundings;
  const policy = resiliency.outboundPolicy(name);
  const kind = KINDS.get(known);
  const opened = kind
    ? open(kind, component, surroundings)
    : { model: daprEcho({ id: name, pauseMs: echoPauseMs, clock }) };
  return {
    name,
    type,
    version,
    ...opened,
    model: policy ? resilientModel(opened.model, policy, { clock, random }) : opened.model,
    zeroUsage: kind === undefined,
  };
}

function open(kind: ComponentKind, component: LoadedComponent, { env, clock, http, report }: ComponentSurroundings) {
  const { name, properties } = component;
  try {
    const settings = readSettings(properties, report);
    const opened = kind.open({ name, settings, env, clock, http });
    const { cacheTtlMs: ttlMs } = settings;
    return ttlMs === undefined ? opened : { ...opened, model: cachedModel(opened.model, { ttlMs, clock }) };
  } catch (cause) {
    throw startFailed(component, initFailure(component, "INIT_COMPONENT_FAILURE", cause));
  }
}
