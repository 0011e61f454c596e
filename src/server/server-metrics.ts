import type { Counter, Registry } from "prom-client";
import type { RouteState } from "../models/routing/route.js";
import type { RouteTargetState } from "../models/routing/route-target.js";
import type { RouteDecision } from "../stream/call-context.js";
import { loadPeer } from "../stream/load-peer.js";
import type { RunLogEntry } from "./request-log.js";

const BREAKER = { off: 0, closed: 0, "half-open": 1, open: 2 } as const;

/** What a server counts, in Prometheus's form. */
export interface ServerMetrics {
  /** An answer is over. */
  run(entry: RunLogEntry): void;
  /** A route has decided something. */
  decided(decision: RouteDecision): void;
  /** A notification of a task was posted, or given up. */
  pushed(outcome: "delivered" | "failed"): void;
  /** What a scraper reads. */
  text(): Promise<{ contentType: string; body: string }>;
}

type Prometheus = typeof import("prom-client");

/** What metrics look at when they are read. */
export interface Metered {
  /** How many answers are under way. */
  open(): number;
  /** How the routes are doing. */
  routes(): RouteState[];
}

/**
 * Counts answers, tokens and cost by model and caller, and what routes decide.
 *
 * @throws {SluiceError} `unsupported` where the package `prom-client` is not installed.
 */
export async function serverMetrics({ open, routes }: Metered): Promise<ServerMetrics> {
  const prom = await loadPeer("prom-client", "the server's metrics");
  const registry: Registry = new prom.Registry();
  const registers = [registry];
  const labelNames = ["model", "caller"] as const;
  const runs = new prom.Counter({
    name: "sluice_runs_total",
    help: "Answers that are over, by how they ended.",
    labelNames: [...labelNames, "error"],
    registers,
  });
  const counter = (name: string, help: string): Counter<"model" | "caller"> =>
    new prom.Counter({ name, help, labelNames: [...labelNames], registers });
  const input = counter("sluice_input_tokens_total", "Tokens of prompts.");
  const output = counter("sluice_output_tokens_total", "Tokens of answers, those that were cut off as well.");
  const spent = counter("sluice_cost_usd_total", "What answers cost, in USD, where prices are known.");
  const decisions = new prom.Counter({
    name: "sluice_route_decisions_total",
    help: "What routes did with their targets.",
    labelNames: ["route", "target", "outcome", "code"],
    registers,
  });
  const notifications = new prom.Counter({
    name: "sluice_push_notifications_total",
    help: "Notifications of A2A tasks, by whether they arrived.",
    labelNames: ["outcome"],
    registers,
  });
  registerGauges(prom, registry, { open, routes });
  return {
    run({ model, caller, usage, costUsd = 0, error }) {
      runs.inc({ model, caller, error: error ?? "" });
      input.inc({ model, caller }, usage.inputTokens ?? 0);
      output.inc({ model, caller }, usage.outputTokens ?? 0);
      spent.inc({ model, caller }, costUsd);
    },
    decided({ route, target, outcome, code = "" }) {
      decisions.inc({ route, target, outcome, code });
    },
    pushed(outcome) {
      notifications.inc({ outcome });
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

/** What is looked at when the metrics are read. */
function registerGauges(prom: Prometheus, registry: Registry, { open, routes }: Metered): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: (target: RouteTargetState) => number) =>
    new prom.Gauge({
      name,
      help,
      labelNames: ["route", "target"],
      registers,
      collect() {
        for (const { route, targets } of routes())
          for (const one of targets) this.set({ route, target: one.target }, value(one));
      },
    });
  gauge("sluice_route_breaker", "Circuit breakers: 0 closed, 1 half open, 2 open.", ({ breaker }) => BREAKER[breaker]);
  gauge("sluice_route_running", "Calls of a target that are under way.", ({ running }) => running);
  gauge("sluice_route_waiting", "Calls that wait for a place at a target.", ({ waiting }) => waiting);
  new prom.Gauge({
    name: "sluice_open_streams",
    help: "Streamed answers that are under way.",
    registers,
    collect() {
      this.set(open());
    },
  });
}
