import type { Counter, Registry } from "prom-client";
import { loadPeer } from "../stream/load-peer.js";
import type { RunLogEntry } from "./request-log.js";

/** What a server counts, in Prometheus's form. */
export interface ServerMetrics {
  /** An answer is over. */
  run(entry: RunLogEntry): void;
  /** What a scraper reads. */
  text(): Promise<{ contentType: string; body: string }>;
}

/**
 * Counts answers and tokens by model and caller.
 *
 * @param open how many answers are under way.
 * @throws {SluiceError} `unsupported` where the package `prom-client` is not installed.
 */
export async function serverMetrics(open: () => number): Promise<ServerMetrics> {
  const prom = await loadPeer("prom-client", "the server's metrics", () => import("prom-client"));
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
  new prom.Gauge({
    name: "sluice_open_streams",
    help: "Streamed answers that are under way.",
    registers,
    collect() {
      this.set(open());
    },
  });
  return {
    run({ model, caller, usage, error }) {
      runs.inc({ model, caller, error: error ?? "" });
      input.inc({ model, caller }, usage.inputTokens ?? 0);
      output.inc({ model, caller }, usage.outputTokens ?? 0);
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
