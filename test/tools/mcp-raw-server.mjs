// An MCP server over stdio that writes what it is told, byte by byte if need be. Its only argument is a JSON object: by
// method, what it writes instead of an answer (`$ID` is the request's id); `exit:CODE` ends it.
import { createInterface } from "node:readline";

const told = JSON.parse(process.argv[2] ?? "{}");
const USUAL = {
  initialize: {
    protocolVersion: "2025-06-18",
    capabilities: told.capabilities ?? { tools: {} },
    serverInfo: { name: "raw", version: "1" },
  },
  "tools/list": { tools: told.tools ?? [{ name: "work", inputSchema: { type: "object" } }] },
  "tools/call": { content: [{ type: "text", text: "done" }] },
};
let pages = 0;

if (told.stderr) for (const byte of Buffer.from(told.stderr)) process.stderr.write(Buffer.of(byte));
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method } = JSON.parse(line);
  const raw = told[method];
  if (raw?.startsWith("exit:")) process.exit(Number(raw.slice(5)));
  const usual = USUAL[method] && `${JSON.stringify({ jsonrpc: "2.0", id, result: USUAL[method] })}\n`;
  const text = raw?.replaceAll("$ID", id).replaceAll("$PAGE", () => String(pages++)) ?? usual;
  for (const byte of Buffer.from(text ?? "")) process.stdout.write(Buffer.of(byte));
});
