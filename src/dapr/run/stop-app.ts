import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Clock, wait } from "../../base/clock.js";
import { isJsonObject, parseJson } from "../../base/json.js";
import type { Environment } from "../../models/provider.js";
import { SluiceError } from "../../stream/error.js";
import { TOKEN_HEADER } from "../sidecar/api-token.js";
import { type RegisteredRun, registeredRuns } from "./run-register.js";

/** Between two looks at whether a sidecar has ended, in ms. */
const LOOK_MS = 50;
/** How long a run may take to end, in ms: longer than its app may. */
const LONGEST_MS = 20_000;

/**
 * Ends an app that `dapr run` started on this machine, by its sidecar's own shutdown, and waits for the end.
 *
 * @throws {SluiceError} `not-found` where none runs; `total-timeout` for one that does not end.
 */
export async function stopApp(appId: string, env: Environment, clock: Clock): Promise<void> {
  let found = false;
  for (const run of await registeredRuns(env, appId)) {
    const headers: Record<string, string> = env.DAPR_API_TOKEN ? { [TOKEN_HEADER]: env.DAPR_API_TOKEN } : {};
    if ((await idAt(run, headers)) !== appId) {
      // Its process was killed, and another's sidecar may listen there now.
      await rm(run.file, { force: true });
      continue;
    }
    found = true;
    await fetch(urlOf(run, "/v1.0/shutdown"), { method: "POST", headers });
    await untilGone(run, clock);
  }
  if (!found) throw new SluiceError("not-found", `couldn't find app id ${appId}`, { field: "--app-id" });
}

/** The id of the app whose sidecar listens there; `undefined` for none. */
async function idAt(run: RegisteredRun, headers: Record<string, string>): Promise<string | undefined> {
  try {
    const json = parseJson(await (await fetch(urlOf(run, "/v1.0/metadata"), { headers })).text());
    return isJsonObject(json) && typeof json.id === "string" ? json.id : undefined;
  } catch {
    return undefined;
  }
}

async function untilGone(run: RegisteredRun, clock: Clock): Promise<void> {
  const deadline = clock.now() + LONGEST_MS;
  // It is struck out when app and sidecar have ended.
  while (existsSync(run.file)) {
    if (clock.now() > deadline) throw new SluiceError("total-timeout", `app id ${run.appId} does not end`);
    await wait(LOOK_MS, clock);
  }
}

function urlOf({ httpPort }: RegisteredRun, path: string): string {
  return `http://127.0.0.1:${httpPort}${path}`;
}
