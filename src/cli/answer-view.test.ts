import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.js";
import { TerminalScreen } from "../../test/support/terminal-screen.js";
import { readWav } from "../speech/audio/wav.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";
import { AnswerView } from "./answer-view.js";
import type { Io } from "./io.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-view-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

/** A view whose two outputs are one terminal, as they mostly are. */
function atTerminal(columns = 60, isTTY = true) {
  const screen = new TerminalScreen(columns, 24);
  const output = (terminal: boolean) => {
    const stream = new PassThrough().setEncoding("utf8");
    stream.on("data", (text: string) => screen.write(text));
    return Object.assign(stream, { isTTY: terminal, columns, rows: 24 });
  };
  const io: Io = {
    stdin: new PassThrough(),
    stdout: output(isTTY),
    stderr: output(true),
    env: {},
    onInterrupt: () => () => {},
  };
  const view = new AnswerView(io, { clock, output: folder });
  const lines = async () => {
    // What was written to a stream arrives a turn later.
    await new Promise(setImmediate);
    return screen.lines();
  };
  const push = async (...events: ChatEvent[]) => {
    for (const event of events) await view.push(event);
  };
  return { view, push, lines };
}

/** A view whose outputs are pipes. */
function inPipes(quiet = false) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io: Io = { stdin: new PassThrough(), stdout, stderr, env: {}, onInterrupt: () => () => {} };
  const view = new AnswerView(io, { clock, output: folder, quiet });
  return { view, stdout: () => String(stdout.read() ?? ""), stderr: () => String(stderr.read() ?? "") };
}

const RETRY = {
  type: "retry",
  id: "call-1",
  attempt: 2,
  delayMs: 2_500,
  error: new SluiceError("rate-limited", "slow\u001b[2J down"),
} as const;
const REQUEST = { type: "request", id: "c", attempt: 1, method: "POST", url: "", headers: {}, body: "" } as const;

describe("what is waited for", () => {
  test("is said after a moment, with how long, and goes without a trace", async () => {
    const { view, push, lines } = atTerminal();
    view.begin();
    expect(await lines()).toEqual([]);
    clock.advance(1_300);
    expect(await lines()).toEqual([expect.stringMatching(/^. connecting 1 s$/)]);
    view.onWire({ type: "response", id: "c", status: 200, headers: {}, durationMs: 1 });
    clock.advance(2_200);
    expect(await lines()).toEqual([expect.stringMatching(/^. waiting 2 s$/)]);
    await push({ type: "text-delta", text: "Hello" });
    expect(await lines()).toEqual(["Hello"]);
    clock.advance(5_000);
    expect(await lines()).toEqual(["Hello"]);
  });

  test("is not said of what comes at once", async () => {
    const { view, push, lines } = atTerminal();
    view.begin();
    clock.advance(300);
    await push({ type: "text-delta", text: "Hello" });
    expect(await lines()).toEqual(["Hello"]);
    await view.endText();
    expect(clock.pending).toEqual([]);
  });

  test("a tool that takes its time is named below the text that came before it", async () => {
    const { push, lines, view } = atTerminal();
    await push({ type: "text-delta", text: "Let me *look*" });
    await push({ type: "tool-call", callId: "c", name: "search\u001b[2J", input: { q: "x" } });
    clock.advance(3_500);
    expect(await lines()).toEqual([
      "Let me look",
      '[search␛[2J {"q":"x"}]',
      expect.stringMatching(/^. search␛\[2J 3 s$/),
    ]);
    await push({ type: "tool-result", callId: "c", name: "search", output: 1 }, { type: "text-delta", text: "Found." });
    await view.endText();
    expect(await lines()).toEqual(["Let me look", '[search␛[2J {"q":"x"}]', "Found."]);
  });

  test("a call that is made again says why, and counts down", async () => {
    const { view, lines, push } = atTerminal();
    view.begin();
    view.onWire(RETRY);
    expect(await lines()).toEqual([expect.stringMatching(/^. attempt 2 in 3 s: rate-limited: slow␛\[2J down$/)]);
    clock.advance(2_000);
    expect(await lines()).toEqual([expect.stringMatching(/ in 1 s: /)]);
    view.onWire(REQUEST);
    clock.advance(1_100);
    expect(await lines()).toEqual([expect.stringMatching(/^. connecting 1 s$/)]);
    await push({ type: "text-delta", text: "Hello" });
    expect(await lines()).toEqual(["Hello"]);
  });

  test("a line that is too long is cut: one row can be taken back", async () => {
    const { view, lines, push } = atTerminal(20);
    view.begin();
    view.onWire({ ...RETRY, error: new SluiceError("rate-limited", "漢字".repeat(40)) });
    expect(await lines()).toHaveLength(1);
    await push({ type: "text-delta", text: "Hello" });
    expect(await lines()).toEqual(["Hello"]);
  });

  test("with the answer in a pipe, the line goes for good at the first word: the pipe may end at the same screen", async () => {
    const { view, push, lines } = atTerminal(60, false);
    view.begin();
    clock.advance(1_000);
    expect(await lines()).toHaveLength(1);
    await push({ type: "text-delta", text: "half a line" }, { type: "tool-call", callId: "c", name: "t", input: 1 });
    clock.advance(5_000);
    expect(await lines()).toEqual(["half a line[t 1]"]);
  });

  test("a pipe gets retries alone, and nothing when it is to be quiet", async () => {
    const loud = inPipes();
    loud.view.begin();
    loud.view.onWire(RETRY);
    clock.advance(9_000);
    expect(loud.stderr()).toBe("rate-limited: slow␛[2J down; attempt 2 in 2.5 s\n");
    const quiet = inPipes(true);
    quiet.view.begin();
    quiet.view.onWire(RETRY);
    clock.advance(9_000);
    expect(quiet.stderr()).toBe("");
  });
});

describe("reasoning", () => {
  test("its end is shown while it lasts; then a line says how long that was", async () => {
    const { push, lines, view } = atTerminal(40);
    view.begin();
    for (let step = 0; step < 100; step++) await push({ type: "reasoning-delta", text: `thought ${step}, ` });
    clock.advance(2_000);
    const seen = await lines();
    expect(seen).toHaveLength(5);
    expect(seen[3]).toContain("thought 99,");
    expect(seen[4]).toMatch(/^. thinking \d s$/);
    await push({ type: "text-delta", text: "So: yes" });
    await view.endText();
    expect(await lines()).toEqual(["thought for 2.0 s", "So: yes"]);
  });

  test("a short thought stays", async () => {
    const { push, lines, view } = atTerminal();
    await push({ type: "reasoning-delta", text: "Easy." }, { type: "text-delta", text: "Yes" });
    await view.endText();
    expect(await lines()).toEqual(["Easy.", "Yes"]);
  });

  test("a pipe gets all of it, and the answer as it came", async () => {
    const { view, stdout, stderr } = inPipes();
    const long = "long ".repeat(200);
    for (const event of [
      { type: "reasoning-delta", text: long },
      { type: "text-delta", text: "a *b*\r\n" },
      { type: "tool-call", callId: "c", name: "t", input: 1 },
      { type: "text-delta", text: "c" },
    ] as const) {
      await view.push(event);
    }
    await view.endText();
    expect(stderr()).toBe(`${long}\n[t 1]\n`);
    expect(stdout()).toBe("a *b*\r\nc\n");
  });
});

describe("what a model makes", () => {
  const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

  test("is written to files, never over one that is there, and its path is said", async () => {
    const { view, stdout, stderr } = inPipes();
    await view.push({ type: "file", mediaType: "application/octet-stream", data: PNG });
    await view.push({ type: "file", mediaType: "image/png", data: PNG });
    await view.push({ type: "file", mediaType: "../../etc/passwd", data: new Uint8Array([1]) });
    const paths = stderr().match(/(?<=: ).*(?=\])/g) ?? [];
    expect(paths).toHaveLength(3);
    expect(new Set(paths).size).toBe(3);
    expect(paths.map((path) => path.replace(/^.*\.(?=\w+$)/, ""))).toEqual(["png", "png", "bin"]);
    expect(readFileSync(paths[0] ?? "")).toEqual(Buffer.from(PNG));
    expect(readdirSync(folder)).toHaveLength(3);
    expect(stdout()).toBe("");
  });

  test("a sound that comes in pieces is one file", async () => {
    const { view, stderr } = inPipes();
    for (const byte of [1, 2]) {
      const data = new Uint8Array([byte, 0]);
      await view.push({ type: "audio-delta", data, mediaType: "audio/pcm", sampleRate: 8_000 });
    }
    await view.push({
      type: "audio-delta",
      data: new Uint8Array(2),
      mediaType: "audio/pcm",
      sampleRate: 1,
      sentence: 0,
    });
    await view.endText();
    const path = /\[audio: (.*\.wav)\]/.exec(stderr())?.[1] ?? "";
    expect(readWav(readFileSync(path))?.sampleRate).toBe(8_000);
  });

  test("a folder that cannot be is an error that names it", async () => {
    const io: Io = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      env: {},
      onInterrupt: () => () => {},
    };
    const view = new AnswerView(io, { clock, output: "/dev/null/x" });
    const saved = view.push({ type: "file", mediaType: "image/png", data: PNG });
    await expect(saved).rejects.toMatchObject({
      code: "store-failed",
      message: expect.stringContaining("/dev/null/x"),
    });
  });
});
