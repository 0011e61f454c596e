import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { runInProcess } from "../../test/support/run-in-process.js";
import { scripted } from "../models/scripted.js";
import { hasColour, shown } from "./io.js";
import { showAnswer } from "./show-answer.js";

const TERMINAL = { isTTY: true };

describe("shown", () => {
  test("a terminal is not told what to do by what others say", () => {
    expect(shown("\u001b]52;c;aGk=\u0007\u001b[2Jhi\r\u007f\u009b", TERMINAL)).toBe("␛]52;c;aGk=␇␛[2Jhi␍␡\ufffd");
    expect(shown("a\u202eb\u202dc", TERMINAL)).toBe("a\ufffdb\ufffdc");
    expect(shown("one\n\ttwo é 日", TERMINAL)).toBe("one\n\ttwo é 日");
  });

  test("files and pipes get it as it is", () => {
    expect(shown("\u001b[2J", {})).toBe("\u001b[2J");
  });

  test("holds for answers, reasoning and the arguments of calls", async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, TERMINAL));
    const model = scripted([
      [
        "a\u001b[2J",
        { type: "reasoning-delta", text: "b\u001b[2J" },
        { type: "tool-call", callId: "c", name: "t", input: "\u009b2J" },
      ],
    ]);
    const stream = model.stream({ messages: [{ role: "user", content: "Hi" }] });
    if (stdout === undefined || stderr === undefined) throw new Error("no streams");
    const io = { stdin: new PassThrough(), stdout, stderr, env: { NO_COLOR: "1" }, onInterrupt: () => () => {} };
    await showAnswer(stream, io);
    expect(String(stdout.read())).toBe("a␛[2J\n");
    expect(String(stderr.read())).toBe('b␛[2J\n[t "\ufffd2J"]\n');
  });
});

test.each([
  [{}, true],
  [{ NO_COLOR: "1" }, false],
  [{ NO_COLOR: "1", FORCE_COLOR: "" }, false],
  [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true],
  [{ FORCE_COLOR: "0", NO_COLOR: "1" }, false],
  [{ TERM: "dumb" }, false],
])("with %j a terminal has colour: %s", (env, colour) => {
  expect(hasColour(TERMINAL, env)).toBe(colour);
});

test.each(["-1", "0", "soon", ""])("--timeout %j is wrong usage", async (timeout) => {
  const { code, stderr } = await runInProcess(["ask", "-m", "echo", "--timeout", timeout, "Hi"], {});
  expect(stderr).toContain("--timeout");
  expect(code).toBe(2);
});
