import { modelOf } from "../../models/model-of.js";
import { ConcurrencyLimit } from "../../models/routing/concurrency-limit.js";
import { limitConcurrency } from "../../models/routing/limit-concurrency.js";
import { route } from "../../models/routing/route.js";
import { ROUTE_FIELDS, type RouteOptions, TARGET_FIELDS } from "../../models/routing/route-options.js";
import type { ChatModel } from "../../stream/chat-model.js";
import {
  type Check,
  either,
  exactly,
  filledString,
  list,
  milliseconds,
  record,
  wholeNumber,
} from "../../stream/checks.js";
import type { ServedModel } from "../served-models.js";

/** One target of a served route: what is served, or else a model, by its name. */
export interface ServedTarget {
  /** Its name. */
  model: string;
  /** How much of the calls it gets, beside the others' weights. Default 1. */
  weight?: number;
  /** Calls at once. Default: no limit of its own. */
  concurrency?: number;
}

/** A route under a name of its own: see `route` of `sluice/models`. */
export interface ServedRoute
  extends Pick<RouteOptions, "choose" | "hedgeMs" | "breaker" | "cache" | "afterFirstDelta" | "rules"> {
  /** What it chooses among. */
  targets: readonly (string | ServedTarget)[];
}

/** What holds for all models of one provider together. */
export interface ProviderLimit {
  /** Calls at once. */
  concurrency: number;
  /** How long a call waits for its place, in ms. Default 30,000. */
  queueMs?: number;
}

const { id: _, ...fields } = ROUTE_FIELDS;
const target = exactly("a target", { ...TARGET_FIELDS, model: { required: filledString } });
const targets = list("an array of at least one target", either("a name, or a target", filledString, target), 1);

/** Routes by their names. */
export const checkServedRoutes: Check = record(
  "an object of routes",
  exactly("a route", { ...fields, targets: { required: targets } }),
);

/** Limits by the ids of providers. */
export const checkProviderLimits: Check = record(
  "an object of providers",
  exactly("a provider's limit", { concurrency: { required: wholeNumber(1) }, queueMs: milliseconds }),
);

/** What routes and limits are made of. */
export interface Routing {
  routes?: Readonly<Record<string, ServedRoute>>;
  providers?: Readonly<Record<string, ProviderLimit>>;
}

/**
 * What is served, with the limits of its providers, and the routes among it behind the models.
 *
 * @throws {SluiceError} as `model` does, for a target that is neither served nor a model.
 */
export function routedModels(served: readonly ServedModel[], { routes = {}, providers = {} }: Routing): ServedModel[] {
  const limits = new Map(Object.entries(providers).map(([id, limit]) => [id, new ConcurrencyLimit(limit)]));
  const limited = served.map((one) => ({ ...one, model: withLimits(one.model, limits) }));
  const byName = new Map(limited.map(({ name, model }) => [name, model]));
  const made = Object.entries(routes).map(([name, { targets, ...options }]): ServedModel => {
    const given = targets.map((one, index) => {
      const { model, ...rest } = typeof one === "string" ? { model: one } : one;
      const found = byName.get(model) ?? withLimits(modelOf(model, `routes.${name}.targets[${index}]`), limits);
      return { ...rest, model: found };
    });
    return { name, kind: "route", model: route(given, { ...options, id: name }) };
  });
  const models = limited.filter(({ kind }) => kind === "model");
  return [...models, ...made, ...limited.filter(({ kind }) => kind !== "model")];
}

/** A model that keeps the limit of its provider, in each of the calls that it makes. */
function withLimits(model: ChatModel, limits: ReadonlyMap<string, ConcurrencyLimit>): ChatModel {
  if (limits.size === 0) return model;
  const limit = (one: ChatModel) => {
    const found = limits.get(one.id.split("/", 1)[0] ?? "");
    return found === undefined ? one : limitConcurrency(one, found);
  };
  return model.wrapCalls?.(limit) ?? limit(model);
}
