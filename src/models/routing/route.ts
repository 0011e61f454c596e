import { type Clock, systemClock } from "../../base/clock.js";
import type { BatchSource } from "../../stream/batch-source.js";
import { checkCallOptions } from "../../stream/call-options.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { invalid } from "../../stream/error.js";
import { innerSource } from "../../stream/inner-source.js";
import { opened } from "../../stream/sources/opened.js";
import { validateRequest } from "../../stream/validate-request.js";
import { fallbackSource } from "../fallback-source.js";
import { modelOf } from "../model-of.js";
import { defaultPrices } from "../prices/default-prices.js";
import { sharedCapabilities } from "../shared-capabilities.js";
import { hedgedSource } from "./hedged-source.js";
import { type Ordering, orderTargets, type RouteChoice } from "./order-targets.js";
import { cachedModel } from "./response-cache.js";
import { checkRouteOptions, checkRouteTarget, type RouteOptions, type RouteTargetOptions } from "./route-options.js";
import { RouteTarget, type RouteTargetState, routeBreaker } from "./route-target.js";
import { type RoutedCall, targetedModel } from "./targeted-model.js";

/** How a route is doing, for a dashboard. */
export interface RouteState {
  /** Its id. */
  route: string;
  /** How the route chooses. */
  choose: RouteChoice;
  /** In the order in which they were given. */
  targets: RouteTargetState[];
}

/** A model that asks one of several. */
export interface RoutedModel extends ChatModel {
  /** How it is doing now. */
  routeState(): RouteState;
}

/** Whether a model is a route. */
export function isRouted(model: ChatModel): model is RoutedModel {
  return "routeState" in model && typeof model.routeState === "function";
}

/**
 * A model that answers with one of several: the one that its settings choose, and the others, in order, where that one fails before
 * its first delta (after it, as `afterFirstDelta` says, like `fallback`). Circuit breakers keep calls from targets that fail,
 * limits keep targets from too many calls, a hedge asks a second one where the first is slow to begin, and a cache answers
 * what was asked before. The decision is reported to `context.onRoute`.
 *
 * @param given models, their names as `model()` takes them, or either with settings of its own.
 * @throws {SluiceError} `invalid-argument` for an empty list, an unknown option or an invalid value.
 * @example
 * ```ts
 * import { stream } from "sluice";
 * import { route } from "sluice/models";
 *
 * const chat = route(
 *   [{ model: "openai/gpt-5-mini", weight: 3 }, { model: "anthropic/claude-haiku-4-5", concurrency: 10 }],
 *   { choose: "weighted", hedgeMs: 1_500, breaker: { failures: 5, openMs: 30_000 } },
 * );
 * for await (const text of stream(chat, "Hi").text) console.log(text);
 * console.log(chat.routeState());
 * ```
 */
export function route(
  given: readonly (ChatModel | string | RouteTargetOptions)[],
  options: RouteOptions = {},
): RoutedModel {
  if (!Array.isArray(given) || given.length === 0) throw invalid("targets", given, "a list of at least one model");
  checkRouteOptions(options);
  const { clock = systemClock, breaker = {} } = options;
  const targets = given.map((one, index) => {
    const settings = checkRouteTarget(one, `targets[${index}]`, clock);
    const model = modelOf(settings.model, `targets[${index}]`);
    const { weight, limit } = settings;
    return new RouteTarget(model, {
      weight,
      limit,
      breaker: breaker === false ? undefined : routeBreaker(breaker, clock),
    });
  });
  const id = options.id ?? `route(${targets.map(({ model }) => model.id).join(", ")})`;
  const settings = { ...options, id, clock };
  const routed = routedModel(targets, settings);
  const { cache } = options;
  const model = cache === undefined ? routed : cachedModel(routed, { clock, ...cache });
  const { choose = "first" } = options;
  return { ...model, routeState: () => ({ route: id, choose, targets: targets.map(({ state }) => state) }) };
}

interface RouteSettings extends RouteOptions {
  id: string;
  clock: Clock;
}

function routedModel(targets: readonly RouteTarget[], settings: RouteSettings): ChatModel {
  const models = targets.map(({ model }) => model);
  const { id } = settings;
  return {
    id,
    capabilities: sharedCapabilities(models),
    ...(models.some(({ wrapCalls }) => wrapCalls !== undefined) && {
      wrapCalls: (wrap: (model: ChatModel) => ChatModel) => {
        const within = targets.map((target) => target.withModel(target.model.wrapCalls?.(wrap) ?? wrap(target.model)));
        return routedModel(within, settings);
      },
    }),
    stream(request, call = {}) {
      checkCallOptions(call);
      validateRequest(request);
      const source = opened(() => routeSource(targets, request, call, settings));
      return new ChatStream(source, { signal: call.signal, retain: call.retain });
    },
  };
}

function routeSource(
  targets: readonly RouteTarget[],
  request: ChatRequest,
  call: CallOptions,
  { id, clock, choose = "first", random = Math.random, prices, hedgeMs, afterFirstDelta, rules = {} }: RouteSettings,
): BatchSource {
  const ordering: Ordering = { choose, random, prices: prices ?? defaultPrices() };
  const order = orderTargets(targets, request, ordering);
  const routed: RoutedCall = { route: id, failures: new Map(), lost: new Set() };
  const models = order.map((target) => targetedModel(target, routed));
  const [first, second] = order;
  if (hedgeMs !== undefined && first !== undefined && second !== undefined && !second.open) {
    models[0] = hedgedModel([first, second], models, { routed, afterMs: hedgeMs, clock });
  }
  return fallbackSource(models, request, call, { policy: afterFirstDelta ?? "fail", rules });
}

interface Hedge {
  routed: RoutedCall;
  afterMs: number;
  clock: Clock;
}

/** The first of two targets, or the second where that says something first. */
function hedgedModel(
  pair: readonly [RouteTarget, RouteTarget],
  [first, second]: readonly ChatModel[],
  { routed, afterMs, clock }: Hedge,
): ChatModel {
  const [one, other] = [first ?? pair[0].model, second ?? pair[1].model];
  return {
    ...one,
    stream: (request, call = {}) =>
      new ChatStream(
        hedgedSource({
          afterMs,
          clock,
          open: [
            () => innerSource(one, request, call),
            () => {
              routed.hedge = pair[1];
              return innerSource(other, request, call);
            },
          ],
          onWin: (index) => {
            const loser = pair[index === 0 ? 1 : 0];
            if (routed.hedge !== undefined) routed.lost.add(loser);
          },
        }),
        { signal: call.signal, retain: call.retain },
      ),
  };
}
