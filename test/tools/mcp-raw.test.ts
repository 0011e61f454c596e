import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type McpTools, mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import type { McpToolsOptions } from "../../src/tools/mcp/mcp-tools-options.js";
import { call, namesOf, outputOf } from "./call-tool.js";

const SERVER = fileURLToPath(new URL("mcp-raw-server.mjs", import.meta.url));
const open: McpTools[] = [];

afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

/** A server of this machine that writes what it is told. */
function start(told: object, options: McpToolsOptions = {}): McpTools {
  const client = mcpTools({
    command: process.execPath,
    args: [SERVER, JSON.stringify(told)],
    onError: () => {},
    ...options,
  });
  open.push(client);
  return client;
}

const DONE = '{"jsonrpc":"2.0","id":$ID,"result":{"content":[{"type":"text","text":"done"}]}}\n';
const INITIALIZED =
  '{"jsonrpc":"2.0","id":$ID,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}}\n';
const answer = (result: unknown) =>
  `${JSON.stringify({ jsonrpc: "2.0", id: 0, result }).replace('"id":0', '"id":$ID')}\n`;

describe("what a server over stdio writes is read", () => {
  test.each<[string, object, unknown]>([
    [
      "lines that are no messages before its answer",
      { "tools/call": `DEBUG calling\n{"jsonrpc":"2.0"}\n[1]\nnull\n${DONE}` },
      "done",
    ],
    ["a byte order mark, a banner and empty lines", { initialize: `\ufeff\n\r\nready\n${INITIALIZED}` }, "done"],
    ["lines that end with a carriage return", { "tools/call": DONE.replace("\n", "\r\n") }, "done"],
    ["characters cut by reads", { "tools/call": DONE.replace("done", "ä😀") }, "ä😀"],
    [
      "an answer of another request before its own",
      { "tools/call": `{"jsonrpc":"2.0","id":99,"result":{}}\n${DONE}` },
      "done",
    ],
    ["an answer that comes twice", { "tools/call": DONE + DONE.replace("done", "again") }, "done"],
    ["content that is no list", { "tools/call": answer({ content: { type: "text", text: "one" } }) }, "one"],
    ["content that is a text", { "tools/call": answer({ content: "one" }) }, "one"],
    ["a result of an older version", { "tools/call": answer({ toolResult: { a: 1 } }) }, { toolResult: { a: 1 } }],
  ])("%s", async (_, told, output) => {
    expect(await outputOf(start(told), "work")).toEqual(output);
  });
});

describe("a call is told", () => {
  test.each<[string, string, string]>([
    ["an answer that is a text", answer("hi"), "the server's answer is not valid: hi"],
    [
      "an error that is a text",
      '{"jsonrpc":"2.0","id":$ID,"error":"boom"}\n',
      "the server's answer is not valid: boom",
    ],
    ["an error without a message", '{"jsonrpc":"2.0","id":$ID,"error":{"code":-32000}}\n', "not valid: -32000"],
    ["an answer of neither kind", '{"jsonrpc":"2.0","id":$ID}\n', "not valid: it has no result that is an object"],
    [
      "an answer that is nested too deep",
      answer([]).replace("[]", `${"[".repeat(1_001)}${"]".repeat(1_001)}`),
      "nested deeper",
    ],
    ["an error that says nothing", answer({ isError: true, content: [] }), "did not say why"],
    ["how the server ended", "exit:7", "it ended with exit code 7; it said: Fehler: ä😀"],
  ])("%s", async (_, said, output) => {
    expect(await call(start({ "tools/call": said, stderr: "Fehler: ä😀" }), "work")).toEqual([
      expect.objectContaining({ isError: true, output: expect.stringContaining(output) }),
    ]);
  });
});

describe("a list of tools", () => {
  test("without an end is refused", async () => {
    const page = answer({ tools: [], nextCursor: "$PAGE" });
    await expect(start({ "tools/list": page }).tools()).rejects.toMatchObject({
      code: "protocol",
      message: expect.stringMatching(/^the MCP server .* does not list its tools: its list has more than/),
    });
  });

  test("that is refused says by whom", async () => {
    const refusal = '{"jsonrpc":"2.0","id":$ID,"error":{"code":-32601,"message":"no"}}\n';
    await expect(start({ "tools/list": refusal }).tools()).rejects.toMatchObject({
      message: expect.stringMatching(/^the MCP server .*: MCP error -32601: no$/),
    });
    expect(await namesOf(start({ "tools/list": refusal, capabilities: { resources: {} } }))).toEqual([]);
  });

  test("has each tool once, with arguments that are an object", async () => {
    const errors: string[] = [];
    const tools = [
      { name: "any", inputSchema: true },
      { name: "none", inputSchema: null },
      { name: "perhaps", inputSchema: { type: ["object", "null"] } },
      { name: "any", inputSchema: {} },
      { name: "never", inputSchema: false },
      { name: "deep", inputSchema: { type: "object", default: JSON.parse("[".repeat(600) + "]".repeat(600)) } },
    ];
    const client = start({ tools }, { onError: ({ message }) => errors.push(message) });
    const found = (await client.tools()).map(({ definition }) => definition);
    expect(found).toEqual(
      ["any", "none", "perhaps"].map((name) => ({ name, inputSchema: { type: "object", properties: {} } })),
    );
    expect(errors).toEqual([
      expect.stringContaining("a tool any that is left out: another tool of its list has that name"),
      expect.stringContaining("a tool never that is left out"),
      expect.stringContaining("a tool deep that is left out: input: found"),
    ]);
  });
});

test("an onError that throws ends neither the call nor the process", async () => {
  const onError = () => {
    throw new Error("mine");
  };
  const told = { "tools/call": `no message\n${DONE}`, tools: [{ name: "work" }, {}] };
  expect(await outputOf(start(told, { onError }), "work")).toBe("done");
  expect(await start({ initialize: "exit:3" }, { onError, optional: true }).tools()).toEqual([]);
});
