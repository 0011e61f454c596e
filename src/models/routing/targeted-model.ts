import type { RouteDecision, RouteOutcome } from "../../stream/call-context.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { SluiceError } from "../../stream/error.js";
import { innerSource } from "../../stream/inner-source.js";
import { opened } from "../../stream/sources/opened.js";
import { type WrappedCall, wrapModel } from "../../stream/wrap-model.js";
import type { RouteTarget } from "./route-target.js";
import { type SourceEnd, watched } from "./watched-source.js";

/** One call of a route. */
export interface RoutedCall {
  /** The route's id. */
  route: string;
  /** Targets that have failed in this call, with their errors: none is asked twice. */
  failures: Map<RouteTarget, SluiceError>;
  /** The one that was asked because another had no output yet. */
  hedge?: RouteTarget;
  /** Those that were asked beside the one that answers. */
  lost: Set<RouteTarget>;
}

/** A target's model as one call of a route asks it: with a place, through its circuit breaker, and reported. */
export function targetedModel(target: RouteTarget, routed: RoutedCall): ChatModel {
  return wrapModel(target.model, (call) => ({
    ask: (request) => opened(() => enter(target, routed, { ...call, request, signal: call.signal })),
  }));
}

function enter(target: RouteTarget, routed: RoutedCall, call: Pick<WrappedCall, "request" | "options" | "signal">) {
  const earlier = routed.failures.get(target);
  if (earlier !== undefined) throw earlier;
  const report = reporter(target, routed, call.options.context?.onRoute);
  const begin = (leave?: () => void) => {
    let end: (end: SourceEnd) => void;
    try {
      end = target.begin();
    } catch (thrown) {
      leave?.();
      throw refused(thrown);
    }
    report(routed.hedge === target ? "hedged" : "asked");
    const onEnd = (how: SourceEnd) => {
      end(how);
      leave?.();
      if (how.type === "left") report(routed.lost.has(target) ? "lost" : "left");
      else if (how.type === "failed") fail(how.error, "failed");
    };
    try {
      return watched(innerSource(target.model, call.request, call.options), {
        onContent: () => report("answers"),
        onEnd,
      });
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      onEnd({ type: "failed", error });
      throw error;
    }
  };
  const fail = (error: SluiceError, outcome: "failed" | "refused") => {
    routed.failures.set(target, error);
    report(outcome, error);
  };
  const refused = (thrown: unknown): SluiceError => {
    const error = SluiceError.from(thrown);
    if (error.code !== "cancelled") fail(error, "refused");
    return error;
  };
  // No place is waited for where nothing would be let through.
  if (target.open || target.limit === undefined) return begin();
  const place = target.limit.enter(call.signal);
  if (!(place instanceof Promise)) return begin(place);
  return place.then(begin, (thrown: unknown) => {
    throw refused(thrown);
  });
}

function reporter(
  target: RouteTarget,
  { route }: RoutedCall,
  onRoute: ((decision: RouteDecision) => void) | undefined,
) {
  return (outcome: RouteOutcome, error?: SluiceError) =>
    onRoute?.({ route, target: target.model.id, outcome, ...(error && { code: error.code }) });
}
