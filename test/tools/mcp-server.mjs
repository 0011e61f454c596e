// An MCP server for the tests, over stdio. Its list of tools comes in pages of three.
import { InMemoryTaskMessageQueue, InMemoryTaskStore } from "@modelcontextprotocol/sdk/experimental/tasks";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

const server = new McpServer(
  { name: "tests", version: "1.0.0" },
  {
    capabilities: { tools: { listChanged: true }, tasks: { requests: { tools: { call: {} } }, cancel: {} } },
    taskStore: new InMemoryTaskStore(),
    taskMessageQueue: new InMemoryTaskMessageQueue(),
  },
);
const text = (said) => ({ content: [{ type: "text", text: said }] });
let cancelled = 0;

server.registerTool(
  "add",
  { title: "Adds", description: "Adds two numbers.", inputSchema: { a: z.number(), b: z.number() } },
  ({ a, b }) => text(String(a + b)),
);
server.registerTool("files.read", { annotations: { destructiveHint: true } }, () => text("read"));
server.registerTool("parts", {}, () => ({
  content: [
    { type: "text", text: "Look:", annotations: { audience: ["user"], priority: 1 } },
    { type: "image", data: "aGk=", mimeType: "image/png", _meta: { width: 1 } },
    { type: "audio", data: "aGk=", mimeType: "audio/wav" },
    { type: "resource_link", uri: "file:///a.txt", name: "a.txt", mimeType: "text/plain" },
    { type: "resource", resource: { uri: "file:///b.txt", text: "b", mimeType: "text/plain" } },
  ],
  _meta: { "tests/trace": "t1" },
}));
server.registerTool("weather", { outputSchema: { degrees: z.number() } }, () => ({
  ...text('{"degrees": 20}'),
  structuredContent: { degrees: 20 },
}));
server.registerTool("fail", {}, () => ({ ...text("out of order"), isError: true }));
server.registerTool("wait", {}, async ({ signal, sendNotification, _meta }) => {
  const progressToken = _meta?.progressToken;
  const params = { progressToken, progress: 1, total: 2, message: "halfway" };
  if (progressToken !== undefined) await sendNotification({ method: "notifications/progress", params });
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  cancelled++;
  return text("never read");
});
server.registerTool("cancelled", {}, () => text(String(cancelled)));
server.registerTool("grow", {}, () => {
  server.registerTool("grown", {}, () => text("new"));
  pageTools();
  return text("grown");
});
server.registerTool("environment", {}, () => text(`${process.env.MCP_TEST ?? ""} ${process.env.MCP_SECRET ?? "none"}`));
server.registerTool("exit", {}, () => {
  process.stderr.write("out of memory\n", () => process.exit(7));
  return new Promise(() => {});
});
server.experimental.tasks.registerToolTask(
  "research",
  { inputSchema: { fails: z.boolean().default(false) }, execution: { taskSupport: "required" } },
  {
    createTask: async ({ fails }, { taskStore }) => {
      const task = await taskStore.createTask({ ttl: 60_000, pollInterval: 1 });
      const result = fails ? { ...text("found nothing"), isError: true } : text("found it");
      setImmediate(() => taskStore.storeTaskResult(task.taskId, "completed", result));
      return { task };
    },
    getTask: (_, { taskStore, taskId }) => taskStore.getTask(taskId),
    getTaskResult: (_, { taskStore, taskId }) => taskStore.getTaskResult(taskId),
  },
);

/** The SDK's server sends its list as a whole; this one sends what that says in pages. */
function pageTools() {
  const whole = server.server._requestHandlers.get("tools/list");
  if (whole === pageTools.paged) return;
  server.server.setRequestHandler(ListToolsRequestSchema, async (request, extra) => {
    const { tools } = await whole(request, extra);
    const from = Number(request.params?.cursor ?? 0);
    const page = { tools: tools.slice(from, from + 3) };
    return from + 3 < tools.length ? { ...page, nextCursor: String(from + 3) } : page;
  });
  pageTools.paged = server.server._requestHandlers.get("tools/list");
}
pageTools();

if (process.argv.includes("--broken")) {
  process.stderr.write("no licence found\n");
  process.exit(3);
}
await server.connect(new StdioServerTransport());
