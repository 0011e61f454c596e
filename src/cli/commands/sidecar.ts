import { once } from "node:events";
import { resolve } from "node:path";
import { readByteQuantity } from "../../dapr/run/byte-quantity.js";
import { readEnvFile } from "../../dapr/run/env-file.js";
import { defaultLogLevel, isLogged, type LogLevel, readLogLevel } from "../../dapr/run/log-level.js";
import { type Sidecar, startSidecar } from "../../dapr/sidecar/sidecar.js";
import type { Upstream } from "../../dapr/sidecar/sidecar-core.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { type Io, write } from "../io.js";
import { reportError } from "../report-error.js";
import { watchTermination } from "../termination.js";

/** Options of `sluice sidecar`, as they are written. */
export interface SidecarCommand {
  resourcesPath?: string[];
  appId?: string;
  daprHttpPort: string;
  daprGrpcPort: string;
  metricsPort: string;
  metrics: boolean;
  upstream?: string;
  upstreamGrpc?: string;
  store?: string;
  maxBodySize: string;
  logLevel?: string;
  substitute?: boolean;
  envFile?: string;
  daprGracefulShutdownSeconds: string;
  allowedHost?: string[];
  allowedOrigin?: string[];
}

/** The flag for each of the sidecar's ports, by the field that an error names. */
const PORT_FLAGS: Readonly<Record<string, string>> = {
  httpPort: "--dapr-http-port",
  grpcPort: "--dapr-grpc-port",
  metricsPort: "--metrics-port",
};

/** Runs a sidecar until a signal or a client ends it. */
export async function sidecarCommand(options: SidecarCommand, io: Io): Promise<number> {
  const termination = watchTermination();
  try {
    const sidecar = await start(options, io, termination.first);
    await write(io.stdout, describeSidecar(sidecar));
    const signalled = termination.first.aborted ? Promise.resolve() : once(termination.first, "abort");
    await Promise.race([sidecar.ended, signalled]);
    // Who sends a second signal will not wait until calls that are being answered are cut.
    const impatient = once(termination.second, "abort");
    await Promise.race([sidecar.stop(), impatient]);
    return EXIT.ok;
  } catch (thrown) {
    // A signal while it starts is no failure: nothing had been promised yet.
    if (termination.first.aborted) return EXIT.ok;
    const error = reportError(thrown, io);
    const flag = PORT_FLAGS[error.field ?? ""];
    if (flag !== undefined) io.stderr.write(`  Give another with ${flag}, or 0 for a free one.\n`);
    return exitCodeOf(error);
  } finally {
    termination.stop();
  }
}

async function start(options: SidecarCommand, io: Io, signal: AbortSignal): Promise<Sidecar> {
  const { appId, metrics, store, substitute, envFile, resourcesPath = [], maxBodySize } = options;
  if (resourcesPath.length === 0)
    throw new SluiceError("invalid-argument", "--resources-path is missing: name a folder with component files", {
      field: "--resources-path",
    });
  const level = levelOf(options, io);
  const variables = envFile === undefined ? {} : await readEnvFile(resolve(envFile), true, signal);
  return await startSidecar({
    appId: appId ?? (io.env.APP_ID || "sluice"),
    resourcesPath,
    httpPort: portOf(options.daprHttpPort, "--dapr-http-port"),
    grpcPort: portOf(options.daprGrpcPort, "--dapr-grpc-port"),
    ...(metrics && { metricsPort: portOf(options.metricsPort, "--metrics-port") }),
    upstream: upstreamOf(options),
    signal,
    graceMs: graceOf(options.daprGracefulShutdownSeconds),
    allowedHosts: options.allowedHost ?? [],
    allowedOrigins: options.allowedOrigin ?? [],
    maxBodyBytes: readByteQuantity(maxBodySize, "--max-body-size"),
    env: { ...io.env, ...variables },
    ...(store !== undefined && { store }),
    ...((substitute || envFile !== undefined) && { substitute: variables }),
    report: (notice) => {
      if (isLogged(notice, level)) io.stderr.write(`${notice.level}: ${notice.message}\n`);
    },
  });
}

function levelOf({ logLevel }: SidecarCommand, { env }: Io): LogLevel {
  return logLevel === undefined ? defaultLogLevel(env) : readLogLevel(logLevel, "--log-level");
}

function portOf(text: string, flag: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw invalid(flag, text, "a port from 1 to 65535, or 0 for a free one");
  return port;
}

/** In ms. */
function graceOf(text: string): number {
  const seconds = text.trim() === "" ? Number.NaN : Number(text);
  if (!(seconds >= 0)) throw invalid("--dapr-graceful-shutdown-seconds", text, "a number of at least 0");
  return seconds * 1_000;
}

function upstreamOf({ upstream, upstreamGrpc }: SidecarCommand): Upstream {
  return {
    ...(upstream !== undefined && { http: urlOf(upstream, "--upstream") }),
    ...(upstreamGrpc !== undefined && { grpc: urlOf(upstreamGrpc, "--upstream-grpc") }),
  };
}

function urlOf(text: string, flag: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw invalid(flag, text, "a URL such as http://127.0.0.1:3501");
  return text;
}

/** Where a sidecar listens, and what it answers with. */
function describeSidecar({ appId, httpPort, grpcPort, metricsPort, components }: Sidecar): string {
  const rows = [
    ["HTTP", `http://127.0.0.1:${httpPort}`],
    ["gRPC", `http://127.0.0.1:${grpcPort}`],
    ...(metricsPort === undefined ? [] : [["metrics", `http://127.0.0.1:${metricsPort}/metrics`]]),
    ...Array.from(components.values(), ({ name, type, version, modelName }) => [
      name,
      `${type}/${version}${modelName === undefined ? "" : `, ${modelName}`}`,
    ]),
  ];
  const width = Math.max(...rows.map(([head = ""]) => head.length));
  const lines = rows.map(([head = "", what]) => `  ${head.padEnd(width)}  ${what}\n`);
  const none = components.size === 0 ? "  no conversation components\n" : "";
  return `The sidecar of ${appId} listens.\n${lines.join("")}${none}`;
}
