import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { openStore } from "../../chat/open-store.js";
import { RedisRunLog } from "../../runs/redis-run-log.js";
import { createServer } from "../../server/create-server.js";
import { invalid } from "../../stream/error.js";
import { chooseModel } from "../choose-model.js";
import { conversationStore } from "../data-folder.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { type Io, write } from "../io.js";
import { notice } from "../notice.js";
import { reportError } from "../report-error.js";
import { readServeConfig, type ServeConfig } from "../serve-config.js";
import { servedWorkflows } from "../serve-workflows.js";
import { watchTermination } from "../termination.js";

/** Options of `sluice serve`, as they are written. */
export interface ServeOptions {
  model?: string[];
  host?: string;
  port?: string;
  runs?: string;
  log: boolean;
  web: boolean;
}

/** How long answers may go on after the first signal, in ms. */
const GRACE_MS = 30_000;

/** Serves until a signal ends it; answers that are under way may then go on for a while, unless a second one comes. */
export async function serveCommand(file: string | undefined, options: ServeOptions, io: Io): Promise<number> {
  const termination = watchTermination();
  try {
    const config = await configOf(file, options, io);
    const {
      host = "127.0.0.1",
      port = 4_444,
      runs,
      models,
      conversations,
      workflows: _,
      engine: __,
      documents: ___,
      ...settings
    } = config;
    const token = io.env.SLUICE_TOKEN;
    const log = runs === undefined ? undefined : await RedisRunLog.open({ url: runs });
    // A place that somebody names is tried before anything is served.
    const store = conversations ? await openStore(conversations) : undefined;
    const isOpen = !token && (config.keys ?? []).length === 0;
    const workflows = await servedWorkflows(config, isOpen, io);
    const logged = (entry: object) => void io.stderr.write(`${JSON.stringify(entry)}\n`);
    const usual =
      models === undefined && settings.routes === undefined ? await chooseModel(undefined, io.env) : undefined;
    const served = models ?? (usual === undefined ? [] : [usual.model]);
    const server = await createServer({
      ...settings,
      ...workflows.options,
      models: served,
      webApp: options.web,
      // The page speaks with the first voice that is configured, else with the one of this process.
      ...(options.web && { voices: { auto: "auto", ...settings.voices } }),
      ...(conversations !== false && { conversations: store ?? conversationStore(io.env) }),
      ...(usual !== undefined && { aliases: { "*": usual.model.id, ...settings.aliases } }),
      ...(token && { token }),
      ...(log && { log }),
      ...(runs !== undefined && { sharedLimits: runs }),
      ...(options.log && { onRequest: logged, onRun: logged }),
    });
    const { url } = await server.listen({ host, port });
    const names = Array.isArray(served)
      ? served.map((one) => (typeof one === "string" ? one : one.id))
      : Object.keys(served);
    const because = usual === undefined ? "" : ` (${usual.because})`;
    names.push(...Object.keys(settings.routes ?? {}));
    await write(io.stdout, notice(`Serving ${names.join(", ")} at ${url}${because}\n`, io.stdout));
    if (options.web) await write(io.stdout, `Open ${url}/ in a browser\n`);
    if (!termination.first.aborted) await once(termination.first, "abort");
    const impatient = once(termination.second, "abort");
    await Promise.race([server.close({ graceMs: GRACE_MS }), impatient]);
    await log?.close();
    await store?.close();
    await workflows.engine?.close();
    return EXIT.ok;
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  } finally {
    termination.stop();
  }
}

async function configOf(file: string | undefined, options: ServeOptions, io: Io): Promise<ServeConfig> {
  const config = file === undefined ? {} : readServeConfig(await textOf(file), io.env);
  const { model, host, port, runs } = options;
  return {
    ...config,
    ...(model !== undefined && { models: model }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: portOf(port) }),
    ...(runs !== undefined && { runs }),
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw invalid("config", file, "a file that can be read");
  }
}

function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw invalid("--port", text, "a port from 1 to 65535, or 0 for a free one");
  return port;
}
