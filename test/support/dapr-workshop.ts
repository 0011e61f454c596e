import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Asks the sidecar through the variables that it was given, and prints each piece; ends with the code in its first word. */
const STREAMING_APP = `
const { APP_ID, APP_PORT, APP_PROTOCOL, DAPR_HTTP_PORT, DAPR_GRPC_PORT, DAPR_METRICS_PORT, COMPONENT = "echo" } = process.env;
const ports = [DAPR_HTTP_PORT, DAPR_GRPC_PORT, DAPR_METRICS_PORT];
console.log(JSON.stringify({ APP_ID, APP_PORT, APP_PROTOCOL, hasPorts: ports.every((port) => Number(port) > 0) }));
const url = "http://127.0.0.1:" + DAPR_HTTP_PORT + "/v1.0-alpha2/conversation/" + COMPONENT + "/converse/stream";
const body = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: "one two three" }] } }] }] });
const { body: answer } = await fetch(url, { method: "POST", body });
let text = "";
for await (const piece of answer.pipeThrough(new TextDecoderStream())) text += piece;
for (const [, frame] of text.matchAll(/^data: (.*)$/gm)) {
  const { text: delta } = JSON.parse(frame);
  if (delta) console.log("delta", JSON.stringify(delta.content));
}
process.exitCode = Number(process.argv[2] ?? 0);
`;

/** Says that it runs, and which signal it gets; then ends with 9. */
const WAITING_APP = `
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => { console.log("got", signal); process.exit(9); });
setInterval(() => {}, 1000);
console.log("waiting at", process.env.DAPR_HTTP_PORT);
`;

/** Sends one request to its sidecar and prints the answer: method, path. */
const ASKING_APP = `
const [, , method, path] = process.argv;
const answer = await fetch("http://127.0.0.1:" + process.env.DAPR_HTTP_PORT + path, { method }).catch(() => undefined);
console.log("answer", answer && (await answer.text()));
`;

/** Answers as daprd would as far as it matters here, and records what it is asked. Is not healthy at first. */
const FAKE_DAPRD = `#!/usr/bin/env node
const { appendFileSync, readdirSync, readFileSync } = require("node:fs");
const record = (what) => appendFileSync(process.env.RECORD, JSON.stringify(what) + "\\n");
const words = process.argv.slice(2);
const after = (flag) => words[words.indexOf(flag) + 1];
const folder = after("--resources-path");
record({ words, files: readdirSync(folder).map((name) => readFileSync(folder + "/" + name, "utf8")) });
console.log("fake daprd says hello");
if (process.env.FAKE_DAPRD === "broken") { console.error("fake daprd cannot start"); process.exit(4); }
let asked = 0;
require("node:http").createServer((request, response) => {
  record({ asked: request.method + " " + request.url });
  if (request.url === "/v1.0/healthz/outbound") { response.writeHead(asked++ === 0 || process.env.FAKE_DAPRD === "ill" ? 500 : 204).end(); return; }
  if (request.url === "/v1.0/crash") process.exit(5);
  response.end(request.url === "/v1.0/metadata" ? "{}" : "from the fake daprd");
}).listen(Number(after("--dapr-http-port")), "127.0.0.1");
process.on("SIGTERM", () => { record({ ended: "SIGTERM" }); process.exit(0); });
`;

/** What a fake daprd records, in its order. */
export interface DaprdRecord {
  words?: string[];
  /** What stood in its resources. */
  files?: string[];
  asked?: string;
  ended?: string;
}

/** The YAML of a component. */
export function componentYaml(name: string, type: string, metadata: Record<string, string> = {}): string {
  const items = Object.entries(metadata).map(([key, value]) => `\n  - name: ${key}\n    value: ${value}`);
  const spec = `  type: ${type}\n  version: v1\n${items.length > 0 ? `  metadata:${items.join("")}\n` : ""}`;
  return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
}

/** A folder with apps, a component echo, and room for a fake daprd. */
export class DaprWorkshop {
  readonly folder = mkdtempSync(join(tmpdir(), "dapr-workshop-"));
  /** Variables with which nothing outside of the folder is found or written. */
  readonly env = {
    HOME: join(this.folder, "home"),
    TMPDIR: join(this.folder, "tmp"),
    RECORD: join(this.folder, "record"),
    // The machine's own daprd, if it has one, is not what is tested.
    PATH: (process.env.PATH ?? "")
      .split(delimiter)
      .filter((folder) => !existsSync(join(folder, "daprd")))
      .join(delimiter),
  };

  constructor() {
    for (const name of ["tmp", "bin", "components"]) mkdirSync(join(this.folder, name));
    this.write("components/echo.yaml", componentYaml("echo", "conversation.echo"));
    this.write("stream.mjs", STREAMING_APP);
    this.write("wait.mjs", WAITING_APP);
    this.write("ask.mjs", ASKING_APP);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string, mode = 0o644): void {
    writeFileSync(this.path(name), text, { mode });
  }

  /** Makes a fake daprd; returns the variables with which it is on `PATH`. */
  withDaprd(): typeof this.env {
    this.write("bin/daprd", FAKE_DAPRD, 0o755);
    return { ...this.env, PATH: [this.path("bin"), this.env.PATH].join(delimiter) };
  }

  recorded(): DaprdRecord[] {
    const lines = readFileSync(this.env.RECORD, "utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  /** Names of what is temporary. */
  temporary(): string[] {
    return readdirSync(this.env.TMPDIR);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Calls `use` with a port that somebody else listens on. */
export async function withTakenPort(use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    await use(typeof address === "object" && address !== null ? address.port : 0);
  } finally {
    server.close();
  }
}
