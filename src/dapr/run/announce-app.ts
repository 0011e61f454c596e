import { messageOf } from "../../stream/error.js";
import { TOKEN_HEADER } from "../sidecar/api-token.js";
import type { AppConsole } from "./app-console.js";

/** What a sidecar needs to know of the app beside it. */
export interface Announcement {
  httpPort: number;
  /** The sidecar's API token; `undefined` for none. */
  apiToken: string | undefined;
  appPid: number;
  command: readonly string[];
}

/** Tells the sidecar of the app, as `dapr run` does: it stands in the sidecar's metadata then. */
export async function announceApp(announcement: Announcement, console: AppConsole): Promise<void> {
  const { httpPort, apiToken, appPid, command } = announcement;
  const appCommand = command.join(" ");
  const entries = { cliPID: String(process.pid), appPID: String(appPid), appCommand };
  console.say(`Updating metadata for appPID: ${appPid}`);
  console.say(`Updating metadata for app command: ${appCommand}`);
  const headers: Record<string, string> = apiToken ? { [TOKEN_HEADER]: apiToken } : {};
  try {
    for (const [key, body] of Object.entries(entries)) {
      await fetch(`http://127.0.0.1:${httpPort}/v1.0/metadata/${key}`, { method: "PUT", headers, body });
    }
  } catch (error) {
    console.say(`Could not update sidecar metadata: ${messageOf(error)}`);
  }
}
