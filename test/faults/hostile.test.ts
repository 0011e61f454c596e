import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { httpModel } from "../../src/models/http/http-model.js";
import { checkGgufFile } from "../../src/models/llama/gguf-file.js";
import { replay } from "../../src/models/replay.js";
import { SluiceError } from "../../src/stream/error.js";
import { framesOf, refuse, whole } from "./behaviours.js";
import { BEGINNING, BEGINNING_TEXT, EVENTS, FRAMES, modelAt, REQUEST, TEXT } from "./chat-answer.js";
import { type Behaviour, FaultServer } from "./fault-server.js";

const DEEP = 100_000;
const nested = `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`;

let server: FaultServer | undefined;

afterEach(async () => {
  vi.restoreAllMocks();
  await server?.stop();
  server = undefined;
});

async function failure(behaviour: Behaviour, streaming = true, dialect = openAiChat): Promise<SluiceError> {
  server = await FaultServer.start(behaviour);
  const stream = modelAt(server, { retry: { retries: 0 }, dialect }).stream(REQUEST, { streaming });
  const error = await stream.fullText.catch((thrown: unknown) => thrown);
  if (error instanceof SluiceError) return error;
  throw new Error(`it did not fail: ${String(error)}`);
}

describe("what is nested too deep", () => {
  it.each([
    ["a frame", whole([BEGINNING, `data: ${nested}\n\n`]), "malformed-frame"],
    ["an unknown field", whole([BEGINNING, `data: {"choices":[],"more":${nested}}\n\n`]), "malformed-frame"],
    ["a bare line", whole([BEGINNING, `${nested}\n`]), "malformed-frame"],
    ["a whole answer", refuse(200, "x"), "malformed-frame"],
  ])("is a typed error: %s", async (_, behaviour, code) => {
    const error = await failure(behaviour);
    expect(error.code).toBe(code);
    expect(error.message.length).toBeLessThan(1_000);
  });

  it("in the body of an error leaves its status", async () => {
    const body: Behaviour = async (reply) => {
      await reply.head(429, { "content-type": "application/json" });
      await reply.chunk(nested);
      await reply.end();
    };
    expect(await failure(body)).toMatchObject({ code: "rate-limited", status: 429 });
  });
});

it.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))(
  "a frame of %s that is nested too deep is a typed error",
  async (_, dialect) => {
    const [first = "", ...others] = framesOf(dialect, EVENTS);
    const deep = dialect.framing === "sse" ? `data: ${nested}\n\n` : `${nested}\n`;
    const error = await failure(whole([first, deep, ...others]), true, dialect);
    expect(error.code).toBe("malformed-frame");
    expect(error.message.length).toBeLessThan(1_000);
  },
);

it("a long frame of blanks or of one value in the middle of an answer costs its length", async () => {
  const blanks = `data: {"choices":[{"index":0,"delta":{"content":"${" ".repeat(50_000)}"}}]}\n\n`;
  const extra = `data: {"choices":[{"index":0,"delta":{"content":""}}],"padding":"${"x".repeat(115_000)}"}\n\n`;
  const frames = FRAMES.slice(0, 2).concat(Array.from({ length: 30 }, () => [blanks, extra]).flat(), FRAMES.slice(2));
  server = await FaultServer.start(whole([frames.join("")]));
  const text = await modelAt(server).stream(REQUEST).fullText;
  expect(text.replaceAll(" ", "")).toBe(TEXT.replaceAll(" ", ""));
});

it("100 Continue that nobody asked for is reported as what it is", async () => {
  const error = await failure(async (reply) => {
    await reply.raw("HTTP/1.1 100 Continue\r\n\r\n");
    await whole(FRAMES)(reply);
  });
  expect(error.message).toMatch(/100 Continue/);
  expect(error.retryable).toBe(false);
});

it("an endless beginning of blanks ends", async () => {
  const error = await failure(async (reply) => {
    await reply.head();
    for (let i = 0; i < 40 && !reply.socket.destroyed; i++) await reply.chunk(" \n".repeat(32 * 1024));
  });
  expect(error).toMatchObject({ code: "malformed-frame" });
});

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))("counts of %s", (name, dialect) => {
  const events = EVENTS.map((event) =>
    event.type === "finish" ? { ...event, usage: { inputTokens: -3, outputTokens: 1.5 } } : event,
  );

  // Its events are ours, and one that is none is refused as a whole.
  it.runIf(name === "native")("that are none are refused", async () => {
    const error = await failure(whole([framesOf(dialect, events).join("")]), true, dialect);
    expect(error).toMatchObject({ code: "malformed-frame", partial: { text: TEXT } });
    expect(error.message).toMatch(/inputTokens: found -3/);
  });

  it.skipIf(name === "native")("that are none are not told", async () => {
    server = await FaultServer.start(whole([framesOf(dialect, events).join("")]));
    const model = httpModel({ id: "m", model: "m", dialect, baseUrl: server.url });
    const { inputTokens = 0, outputTokens = 0 } = await model.stream(REQUEST).usage;
    expect(Math.min(inputTokens, outputTokens)).toBeGreaterThanOrEqual(0);
    expect(Number.isInteger(outputTokens)).toBe(true);
  });
});

it("a watcher that throws, at once or later, breaks nothing and is reported", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  server = await FaultServer.start(whole(FRAMES));
  const bad = () => Promise.reject(new Error("later"));
  expect(await modelAt(server).stream(REQUEST, { onWire: bad }).fullText).toBe(TEXT);
  await Promise.resolve();
  expect(warn).toHaveBeenCalledWith("onWire threw: later", "SluiceWarning");
});

it("one signal for many calls is no leak", async () => {
  const warnings: unknown[] = [];
  const listen = (warning: unknown) => warnings.push(warning);
  process.on("warning", listen);
  const { signal } = new AbortController();
  server = await FaultServer.start(whole(FRAMES));
  const model = modelAt(server);
  await Promise.all(Array.from({ length: 30 }, () => model.stream(REQUEST, { signal }).fullText));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  expect(warnings).toEqual([]);
});

describe("a file", () => {
  it("that never ends, or is none, is not played", async () => {
    for (const path of ["/dev/zero", tmpdir()]) {
      const error = await replay(path)
        .stream(REQUEST)
        .fullText.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "invalid-argument", field: "file" });
    }
  });

  it("whose GGUF header promises what is not there is refused before it is loaded", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-"));
    const header = (version: number, tensors: bigint, metadata: bigint) => {
      const bytes = Buffer.alloc(24);
      bytes.write("GGUF", "latin1");
      bytes.writeUInt32LE(version, 4);
      bytes.writeBigUInt64LE(tensors, 8);
      bytes.writeBigUInt64LE(metadata, 16);
      return bytes;
    };
    const files: [Buffer, RegExp][] = [
      [header(3, 1n << 60n, 0n), /1152921504606846976 tensors/],
      [header(3, 0n, 1n << 63n), /pieces of metadata/],
      [header(77, 0n, 0n), /version 77/],
      [header(3, 0n, 0n).subarray(0, 9), /ends within its header/],
      [Buffer.from("NOPE"), /begins with/],
    ];
    for (const [bytes, words] of files) {
      const path = join(folder, "model.gguf");
      await writeFile(path, bytes);
      await expect(checkGgufFile(path)).rejects.toThrow(words);
    }
    await writeFile(join(folder, "model.gguf"), header(3, 0n, 0n));
    await expect(checkGgufFile(join(folder, "model.gguf"))).resolves.toBeUndefined();
    await rm(folder, { recursive: true });
  });
});

it("what arrived before a failure is on it", async () => {
  expect((await failure(whole([BEGINNING, `data: ${nested}\n\n`]))).partial?.text).toBe(BEGINNING_TEXT);
});
