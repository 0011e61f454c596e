import type { Clock } from "../../base/clock.js";
import { cachedModel } from "../../models/routing/response-cache.js";
import { SluiceError } from "../../stream/error.js";
import type { Resiliency } from "../resiliency/read-resiliency.js";
import { resilientModel } from "../resiliency/resilient-model.js";
import { logName } from "../resources/component-resource.js";
import { formatGoDuration } from "../resources/go-duration.js";
import { initFailure, startFailed } from "../resources/init-failure.js";
import type { LoadedComponent } from "../resources/load-resources.js";
import type { Report } from "../resources/notice.js";
import { bedrockKind } from "./bedrock/bedrock-kind.js";
import type { ComponentKind, OpenContext, OpenedComponent } from "./component-kind.js";
import { readSettings } from "./component-settings.js";
import type { ConversationComponent } from "./conversation-component.js";
import { daprEcho } from "./dapr-echo.js";
import { HTTP_KINDS } from "./http-kinds.js";

/** What components are opened with, beside their own metadata. */
export interface ComponentSurroundings extends Pick<OpenContext, "env" | "clock" | "http" | "importPackage"> {
  resiliency: Resiliency;
  /** From 0 to 1; spreads retries. */
  random: () => number;
  /** Between two words of the component echo, in ms. */
  echoPauseMs: number;
  report: Report;
}

const KINDS: ReadonlyMap<string, ComponentKind> = new Map(
  [...HTTP_KINDS, bedrockKind].map((kind) => [kind.type, kind]),
);

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
export async function openConversationComponent(
  component: LoadedComponent,
  surroundings: ComponentSurroundings,
): Promise<ConversationComponent> {
  const { name, type, version } = component;
  const known = type.toLowerCase();
  if (!CONVERSATION_TYPES.includes(known) || !VERSIONS.includes(version.toLowerCase())) {
    const cause = new SluiceError("invalid-argument", `couldn't find conversation ${type}/${version}`);
    throw startFailed(component, initFailure(component, "CREATE_COMPONENT_FAILURE", cause));
  }
  const { clock, random, resiliency, echoPauseMs } = surroundings;
  const policy = resiliency.outboundPolicy(name);
  const kind = KINDS.get(known);
  const opened =
    kind === undefined
      ? { model: daprEcho({ id: name, pauseMs: echoPauseMs, clock }) }
      : await open(kind, component, surroundings);
  return {
    name,
    type,
    version,
    ...opened,
    model: policy ? resilientModel(opened.model, policy, { clock, random }) : opened.model,
    zeroUsage: kind === undefined,
    wholeAtOnce: kind === undefined,
  };
}

async function open(
  kind: ComponentKind,
  component: LoadedComponent,
  { report, ...surroundings }: ComponentSurroundings,
): Promise<OpenedComponent> {
  const { name, properties } = component;
  const { clock } = surroundings;
  try {
    const settings = readSettings(properties, report);
    const opened = await inTime(component, clock, kind.open({ ...surroundings, name, settings }));
    const { cacheTtlMs: ttlMs } = settings;
    return ttlMs === undefined ? opened : { ...opened, model: cachedModel(opened.model, { ttlMs, clock }) };
  } catch (cause) {
    throw startFailed(component, initFailure(component, "INIT_COMPONENT_FAILURE", cause));
  }
}

/** Waits for a component no longer than its `initTimeout`. */
function inTime(
  component: LoadedComponent,
  clock: Clock,
  opened: OpenedComponent | Promise<OpenedComponent>,
): OpenedComponent | Promise<OpenedComponent> {
  if (!(opened instanceof Promise)) return opened;
  const { initTimeoutMs } = component;
  return new Promise((resolve, reject) => {
    const callOff = clock.after(initTimeoutMs, () => {
      const message = `init timeout for component ${logName(component)} after ${formatGoDuration(initTimeoutMs)}`;
      reject(new SluiceError("total-timeout", message));
    });
    opened.then(resolve, reject).finally(callOff);
  });
}
