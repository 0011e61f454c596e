import type { EventEmitter } from "node:events";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { messageOf } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { StdioServer } from "./mcp-server.js";
import { MessageLines } from "./message-lines.js";
import type { OpenedTransport } from "./opened-transport.js";

/** How much of what a server wrote to its standard error is quoted in an error, in characters. */
const STDERR_TAIL = 2_000;

/** Prepares a server that is started here: knows how it ended, and what it wrote to its standard error. */
export async function openStdio({ command, args = [], env, cwd }: StdioServer): Promise<OpenedTransport> {
  const { getDefaultEnvironment, StdioClientTransport } = await loadPeer(
    "@modelcontextprotocol/sdk/client/stdio.js",
    "tools of MCP servers",
  );
  const { JSONRPCMessageSchema } = await loadPeer("@modelcontextprotocol/sdk/types.js", "tools of MCP servers");
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...getDefaultEnvironment(), ...env },
    stderr: "pipe",
    ...(cwd !== undefined && { cwd }),
  });
  let exit = "";
  const lines = new MessageLines((value) => JSONRPCMessageSchema.parse(value));
  // The SDK reads by it, and ends the connection where it throws at bytes.
  Reflect.set(transport, "_readBuffer", {
    append: (bytes: Uint8Array) => {
      try {
        lines.append(bytes);
      } catch (thrown) {
        exit = messageOf(thrown);
        throw thrown;
      }
    },
    readMessage: () => lines.readMessage(),
    clear: () => lines.clear(),
  });
  let tail = "";
  const decoder = new TextDecoder();
  transport.stderr?.on("data", (bytes: Uint8Array) => {
    tail = (tail + decoder.decode(bytes, { stream: true })).slice(-STDERR_TAIL);
  });
  const start = transport.start.bind(transport);
  transport.start = () => {
    const started = start();
    childOf(transport)?.once("exit", (code: number | null, signal: string | null) => {
      exit ||= code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
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
