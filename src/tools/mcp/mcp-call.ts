import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { JsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { ToolContext } from "../tool.js";
import type { ServersTool } from "./mcp-tool-list.js";

/** Longer than any call: a loop's own limits end it. In ms, the most that a timer can hold. */
export const NEVER = 2_147_483_647;

/** The parameters of `tools/call`. */
interface CallParams {
  name: string;
  arguments: JsonObject;
  _meta: { progressToken: string };
}

/** Calls a tool of a server, and waits for its result as long as the loop does. */
export async function callTool(
  client: Client,
  { execution }: ServersTool,
  params: CallParams,
  signal: AbortSignal,
  progress: ToolContext["progress"],
): Promise<JsonObject> {
  // Any result is taken as it is: what this version of the SDK does not know of stays in it.
  const { ResultSchema } = await loadPeer("@modelcontextprotocol/sdk/types.js", "tools of MCP servers");
  const options = { signal, timeout: NEVER };
  if (execution?.taskSupport === "required") return runTask(client, params, options, progress);
  return (await client.request({ method: "tools/call", params }, ResultSchema, options)) as JsonObject;
}

/** Runs a tool that the server runs as a task: its states are progress. */
async function runTask(
  client: Client,
  params: CallParams,
  options: { signal: AbortSignal; timeout: number },
  progress: ToolContext["progress"],
): Promise<JsonObject> {
  const { ResultSchema } = await loadPeer("@modelcontextprotocol/sdk/types.js", "tools of MCP servers");
  const { tasks } = client.experimental;
  const stream = tasks.requestStream({ method: "tools/call", params }, ResultSchema, { ...options, task: {} });
  for await (const message of stream) {
    switch (message.type) {
      case "taskCreated": {
        const { taskId } = message.task;
        options.signal.addEventListener("abort", () => void tasks.cancelTask(taskId).catch(() => {}), { once: true });
        break;
      }
      case "taskStatus": {
        const { status, statusMessage } = message.task;
        await progress({ status, message: statusMessage });
        break;
      }
      case "result":
        return message.result as JsonObject;
      case "error":
        throw message.error;
      default:
        message satisfies never;
    }
  }
  throw new SluiceError("tool-failed", `${params.name} ended without a result`);
}
