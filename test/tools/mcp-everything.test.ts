import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type McpTools, mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import { call, namesOf, outputOf } from "./call-tool.js";

const EVERYTHING = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/dist/index.js");

describe.each<[string, () => Promise<{ server: McpTools; stop?: () => void }>]>([
  ["stdio", async () => ({ server: mcpTools({ command: process.execPath, args: [EVERYTHING, "stdio"] }) })],
  ["streamable HTTP", startEverything],
])("the official everything server over %s", (_, start) => {
  let server: McpTools;
  let stop: (() => void) | undefined;
  beforeAll(async () => {
    ({ server, stop } = await start());
  });
  afterAll(async () => {
    await server.close();
    stop?.();
  });

  test("its tools run", async () => {
    expect(await namesOf(server)).toEqual(expect.arrayContaining(["echo", "get-sum", "get-tiny-image"]));
    expect(await outputOf(server, "echo", { message: "hi" })).toBe("Echo: hi");
    expect(await outputOf(server, "get-sum", { a: 2, b: 3 })).toBe("The sum of 2 and 3 is 5.");
    expect(await outputOf(server, "get-structured-content", { location: "New York" })).toMatchObject({ humidity: 82 });
    expect(await outputOf(server, "get-tiny-image")).toContainEqual({
      type: "image",
      data: expect.any(String),
      mimeType: "image/png",
    });
    expect(await outputOf(server, "get-resource-links", { count: 2 })).toContainEqual(
      expect.objectContaining({ type: "resource_link", uri: expect.any(String) }),
    );
    expect(
      await outputOf(server, "get-annotated-message", { messageType: "error", includeImage: true }),
    ).toContainEqual(expect.objectContaining({ annotations: { priority: 1, audience: ["user", "assistant"] } }));
  });

  test("its progress is passed on", async () => {
    const results = await call(server, "trigger-long-running-operation", { duration: 0.02, steps: 2 });
    expect(results.map(({ output }) => output)).toEqual([
      { progress: 1, total: 2 },
      { progress: 2, total: 2 },
      "Long running operation completed. Duration: 0.02 seconds, Steps: 2.",
    ]);
  });
});

/** The official server as a process of its own, on a port that was free. */
async function startEverything(): Promise<{ server: McpTools; stop: () => void }> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const child: ChildProcess = spawn(process.execPath, [EVERYTHING, "streamableHttp"], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (bytes) => String(bytes).includes("listening") && resolve());
    child.once("exit", () => reject(new Error("the server ended")));
  });
  return { server: mcpTools({ url: `http://127.0.0.1:${port}/mcp` }), stop: () => child.kill() };
}
