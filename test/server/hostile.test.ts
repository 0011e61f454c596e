import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { echo } from "../../src/models/echo.js";
import { seededNumbers } from "../support/seeded-numbers.js";
import { type Serving, serve } from "./serve.js";

const MAX_BODY = 100_000;
const models = { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) };
let serving: Serving;
/** Does not wait long for slow clients. */
let impatient: Serving;
beforeAll(async () => {
  serving = await serve({ models, limits: { maxBodyBytes: MAX_BODY } });
  impatient = await serve({ models, limits: { headersMs: 500, bodyMs: 500 } });
});
afterAll(async () => {
  await serving.close();
  await impatient.close();
});

const PATHS = [
  "/v1/chat/completions",
  "/v1/responses",
  "/v1/responses/compact",
  "/v1/embeddings",
  "/v1/messages",
  "/v1/messages/count_tokens",
  "/v1beta/models/echo:generateContent",
  "/v1beta/models/echo:streamGenerateContent",
  "/api/chat",
  "/api/generate",
  "/api/embed",
  "/api/show",
  "/ag-ui",
  "/ag-ui/connect",
  "/v1/runs",
  "/v1.0-alpha2/conversation/echo/converse",
  "/v1/audio/speech",
];

const DEEP = 3_000;
/** Bodies that no client means well with. */
const BODIES: readonly ((random: (below: number) => number) => string | Uint8Array)[] = [
  () => "x".repeat(MAX_BODY + 1),
  () => "[".repeat(DEEP),
  () => `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`,
  () => `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`,
  () => Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d),
  () => Uint8Array.of(0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00),
  () => '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"messages":[]}',
  () => '{"messages":[{"__proto__":{"polluted":1},"role":"user","content":"x"}],"model":7}',
  () => '{"model":"echo","messages":[{"role":"admin","content":[{"type":"x"}]}]}',
  () => '{"model":"echo","messages":"all of them"}',
  () => '{"model":"echo","messages":[null,1,"x",[]]}',
  () => '{"model":"echo\\r\\nx-evil: 1","messages":[{"role":"user","content":"x"}]}',
  () => '{"model":"../../etc/passwd","messages":[{"role":"user","content":"x"}],"max_tokens":1}',
  () => "{",
  () => "",
  () => "null",
  () => "1e999",
  () => '"\\ud800"',
  (random) => Uint8Array.from({ length: 64 + random(512) }, () => random(256)),
  (random) => {
    const text = '{"model":"echo","max_tokens":5,"messages":[{"role":"user","content":"x"}],"input":"x","contents":[]}';
    const at = random(text.length);
    return text.slice(0, at) + String.fromCharCode(random(128)) + text.slice(at + 1 + random(4));
  },
];

test("a thousand bodies are answered with 4xx or in peace, none with 5xx, and nothing is polluted", async () => {
  const random = seededNumbers(7);
  const wrong: string[] = [];
  for (let i = 0; i < 1_000; i += 20) {
    const batch = Array.from({ length: 20 }, async (_, offset) => {
      const [path, make] = [PATHS[random(PATHS.length)], BODIES[(i + offset) % BODIES.length]];
      const body = make?.(random) ?? "";
      const answer = await fetch(`${serving.url}${path}`, {
        method: "POST",
        body: body as BodyInit,
        headers: { "content-type": "application/json" },
      });
      const text = await answer.text();
      if (answer.status >= 500 || answer.headers.has("x-evil"))
        wrong.push(`${path} ${answer.status} ${text.slice(0, 300)} for ${String(body).slice(0, 120)}`);
    });
    await Promise.all(batch);
  }
  expect(wrong).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  await lives();
});

test.each([
  ["two lengths", "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"],
  [
    "a length and chunks",
    "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
  ],
  [
    "chunks that are not last",
    "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
  ],
  [
    "a chunk of no number",
    "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
  ],
  ["a space before the colon", "GET /v1/models HTTP/1.1\r\nHost : localhost\r\n\r\n"],
  ["a folded header", "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n"],
  ["a bare line feed in a header", "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: a\nY: b\r\n\r\n"],
  ["a NUL in a header", "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: a\u0000b\r\n\r\n"],
  ["two hosts", "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"],
  ["no host", "GET /v1/models HTTP/1.1\r\n\r\n"],
  ["an endless header", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(100_000)}\r\n\r\n`],
  ["ten thousand headers", `GET / HTTP/1.1\r\nHost: localhost\r\n${"a: b\r\n".repeat(10_000)}\r\n`],
])("a request with %s is refused, and no second one is smuggled in", async (_what, text) => {
  const answer = await raw(text);
  expect(answer.slice(9, 10)).toBe("4");
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  await lives();
});

test.each([
  ["head", "POST /v1/runs HTTP/1.1\r\nHost: local"],
  ["body", "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"],
])("a client that never ends its %s is closed", async (_what, text) => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => raw(text, impatient)));
  for (const answer of answers) expect(answer === "" || answer.startsWith("HTTP/1.1 4")).toBe(true);
  await lives();
});

test("streams that are opened and reset in a row (rapid reset) end, and the server lives", async () => {
  const session = connectHttp2(serving.url);
  session.on("error", () => {});
  const body = JSON.stringify({ model: "echo", stream: true, messages: [{ role: "user", content: "x" }] });
  for (let i = 0; i < 1_000 && !session.destroyed && !session.closed; i++) {
    const stream = session.request({ ":method": "POST", ":path": "/v1/chat/completions" });
    stream.on("error", () => {});
    stream.end(body);
    stream.close(constants.NGHTTP2_CANCEL);
  }
  await new Promise<void>((resolve) => session.close(resolve));
  await lives();
});

test("words of a model make no frames, whatever field they stand in", async () => {
  const text = 'a\n\ndata: {"x":1}\n\nevent: done\r\n\r\nid: 9\r\rretry: 1\n\n: hi';
  for (const path of ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/runs"]) {
    const messages = [{ role: "user", content: text }];
    const content = path === "/v1/responses" ? { input: text } : { messages };
    const required = path === "/v1/messages" ? { max_tokens: 50 } : {};
    const answer = await fetch(serving.url + path, {
      method: "POST",
      body: JSON.stringify({ model: "echo", stream: true, ...required, ...content }),
    });
    const frames = (await answer.text()).split(/\n\n/).filter((frame) => frame !== "" && !frame.startsWith(":"));
    for (const frame of frames) {
      for (const line of frame.split(/\r\n|\n|\r/))
        expect(line).toMatch(/^(data: (\{.*\}|\[DONE\])|event: [\w.]+|id: \d+)$/);
    }
  }
});

async function lives(): Promise<void> {
  const body = JSON.stringify({ model: "echo", messages: [{ role: "user", content: "Still there?" }] });
  const answer = await fetch(`${serving.url}/v1/chat/completions`, { method: "POST", body });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "Still there?" } }] });
}

function raw(text: string, { url } = serving): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(Buffer.from(text, "latin1")));
    socket.setEncoding("latin1").on("data", (piece) => {
      answer += piece;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", () => {});
  });
}
