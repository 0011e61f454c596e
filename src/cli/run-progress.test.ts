import { expect, test } from "vitest";
import { TerminalScreen } from "../../test/support/terminal-screen.js";
import type { JsonObject } from "../base/json.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { Io } from "./io.js";
import { RunProgress } from "./run-progress.js";

/** A terminal that keeps what is written to it. */
function terminal(isTTY: boolean): { io: Io; written: string[] } {
  const written: string[] = [];
  const output = { isTTY, columns: 80, write: (text: string) => written.push(text) > 0 };
  return { io: { stderr: output, stdout: output, env: {} } as unknown as Io, written };
}

const step = (name: string, state: string, more: JsonObject = {}): ChatEvent => ({
  type: "data",
  name: "workflow/step",
  value: { step: name, type: "llm_chat", state, ...more },
});

test("a step that ends while the answer streams takes nothing of the answer away", () => {
  const { io, written } = terminal(true);
  const progress = new RunProgress(io);
  progress.event(step("a", "started"));
  progress.event(step("b", "started"));
  progress.answer();
  const before = written.length;
  io.stdout.write("The answer");
  progress.event(step("b", "completed", { elapsedMs: 10 }));
  progress.event({ type: "nested", from: "a", event: { type: "text-delta", text: "more" } });
  progress.end();
  expect(written.slice(before)).toEqual(["The answer"]);
  // What was drawn of steps that still ran gave way to it.
  expect(written[before - 1]).toContain("\u001b[J");
});

test("without a terminal it is a line when a step begins and one when it is over", () => {
  const { io, written } = terminal(false);
  const progress = new RunProgress(io);
  progress.event(step("a", "started"));
  progress.event({ type: "nested", from: "a", event: { type: "text-delta", text: "said" } });
  progress.event(step("a", "completed", { elapsedMs: 1_200 }));
  progress.end();
  expect(written).toEqual(["… a (llm_chat)\n", "✓ a 1.2 s\n"]);
});

test("a step that says wide characters has one row, whose end is news, and goes whole", async () => {
  const screen = new TerminalScreen(30, 10);
  const output = { isTTY: true, columns: 30, rows: 10, write: (text: string) => screen.write(text) };
  const progress = new RunProgress({ stderr: output, stdout: output, env: {} } as unknown as Io);
  progress.event(step("漢字の段階", "started"));
  progress.event({ type: "nested", from: "漢字の段階", event: { type: "text-delta", text: "字".repeat(80) } });
  progress.event(step("other", "started"));
  progress.event(step("other", "completed", { elapsedMs: 10 }));
  const lines = await screen.lines();
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^… 漢字の段階 \d\.\d s 字+$/);
  progress.answer();
  expect(await screen.lines()).toEqual(["✓ other 0.0 s"]);
});
