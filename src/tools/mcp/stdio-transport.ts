import type { EventEmitter } from "node:events";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { StdioServer } from "./mcp-server.js";
import type { OpenedTransport } from "./opened-transport.js";

/** How much of what a server wrote to its standard error is quoted in an error, in characters. */
const STDERR_TAIL = 2_000;

/** Prepares a server that is started here: knows how it ended, and what it wrote to its standard error. */
export async function openStdio({ command, args = [], env, cwd }: StdioServer): Promise<OpenedTransport> {
  const { getDefaultEnvironment, StdioClientTransport } = await loadPeer(
    "@modelcontextprotocol/sdk/client/stdio.js",
    "tools of MCP servers",
  );
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...getDefaultEnvironment(), ...env },
    stderr: "pipe",
    ...(cwd !== undefined && { cwd }),
  });
  let tail = "";
  transport.stderr?.on("data", (bytes: unknown) => {
    tail = (tail + String(bytes)).slice(-STDERR_TAIL);
  });
  let exit = "";
  const start = transport.start.bind(transport);
  transport.start = () => {
    const started = start();
    childOf(transport)?.once("exit", (code: number | null, signal: string | null) => {
      exit = code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
    });
    return started;
  };
  const details = () => {
    const output = tail.trim();
    return [exit, output === "" ? "" : `it said: ${output}`].filter((part) => part !== "").join("; ");
  };
  return { transport, details, end: async () => {} };
}

/** The process behind the SDK's transport, which does not say how it ended. */
function childOf(transport: Transport): EventEmitter | undefined {
  const child: unknown = Reflect.get(transport, "_process");
  return isEmitter(child) ? child : undefined;
}

function isEmitter(value: unknown): value is EventEmitter {
  return typeof value === "object" && value !== null && "once" in value && typeof value.once === "function";
}
