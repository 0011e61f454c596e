import type { Drain } from "../listeners/drain.js";
import { isRouted, type RouteState } from "../models/routing/route.js";
import type { RunLog } from "../runs/run-log.js";
import type { SluiceError } from "../stream/error.js";
import { PushNotifications } from "./a2a/push-notifications.js";
import type { ServerCall } from "./call.js";
import type { Gate } from "./gate.js";
import { Monitor } from "./monitoring/monitor.js";
import type { KeyLimits } from "./protect/key-limits.js";
import type { RunLogEntry } from "./request-log.js";
import type { RunUse } from "./run-meter.js";
import { servedBeside } from "./served-beside.js";
import { ServedModels } from "./served-models.js";
import type { ServedParts } from "./served-parts.js";
import type { Admitted, ServerCore } from "./server-core.js";
import type { ServerMetrics } from "./server-metrics.js";
import type { ServerOptions } from "./server-options.js";
import { TakeOver } from "./take-over.js";

/** What a server's core is made of. */
export interface CoreParts {
  options: ServerOptions;
  served: ServedParts;
  log: RunLog;
  gate: Gate;
  limits: KeyLimits;
  drain: Drain;
  metrics: ServerMetrics;
}

/** How the routes among the served models are doing. */
export function routeStates({ models }: ServedParts): RouteState[] {
  return models.flatMap(({ model }) => (isRouted(model) ? [model.routeState()] : []));
}

/** Makes what all routes of a server share. */
export function makeCore({ options, served, log, gate, limits, drain, metrics }: CoreParts): ServerCore {
  const routes = () => routeStates(served);
  const book = bookkeeping(options, metrics);
  return {
    ...servedBeside(options),
    models: new ServedModels(served.models, options.aliases),
    log,
    settings: {
      onLeave: options.onLeave ?? "auto",
      patienceMs: options.patienceMs ?? 10_000,
      asksForKey: gate.asksForKey,
    },
    ending: () => drain.begun,
    admit: async ({ caller }, model) => ({ model, release: await limits.begin(caller.name, model) }),
    watch: ({ run, meter, trail }, call, admitted) =>
      void run.done.then((outcome) => {
        const route = trail.text === undefined ? {} : { route: trail.text };
        book(admitted, call, meter.use(outcome), { run: run.id, ...route }, outcome.error);
      }),
    book: (admitted, call, use, error) => book(admitted, call, use, {}, error),
    decided: (decision) => metrics.decided(decision),
    routes,
    takeOver: new TakeOver(options.takeover ?? [], served.models),
    pushNotifications: options.pushNotifications && new PushNotifications(options.pushNotifications, metrics.pushed),
    monitor: new Monitor({ routes }),
  };
}

/** Releases the limits of an answer that is over, counts it, and tells the application of it. */
function bookkeeping(options: ServerOptions, metrics: ServerMetrics) {
  return (
    { model, release }: Admitted,
    call: Pick<ServerCall, "id" | "caller">,
    use: RunUse,
    more: Partial<RunLogEntry>,
    error?: SluiceError,
  ): void => {
    release(use);
    const time = new Date().toISOString();
    const failed = error && { error: error.code };
    const entry: RunLogEntry = { time, id: call.id, caller: call.caller.name, model, ...more, ...use, ...failed };
    metrics.run(entry);
    options.onRun?.(entry);
  };
}
