import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { ManualClock } from "../../test/support/manual-clock.js";
import { call, result, tick } from "../../test/support/tool-events.js";
import { workshop } from "../../test/support/workshop.js";
import { fallback } from "../models/fallback.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import { Slots } from "../stream/slots.js";
import { type Tool, tool } from "./tool.js";
import { withTools } from "./with-tools.js";

const ASK: ChatRequest = { messages: [{ role: "user", content: "How is the weather?" }] };
const ANY = { type: "object" } as const;

test("a retract stops the calls that it takes back, and their results are nobody's", async () => {
  const broken: ScriptLine[] = [
    "Wrong. ",
    call("a"),
    { type: "usage", usage: { inputTokens: 1, outputTokens: 1 } },
    { waitMs: 1 },
    { throw: new SluiceError("truncated", "cut") },
  ];
  const clock = new ManualClock();
  const sound = scripted([[call("b"), { type: "usage", usage: { inputTokens: 2, outputTokens: 2 } }], ["Right."]], {
    id: "sound",
  });
  const first = scripted([broken, [{ throw: new SluiceError("overloaded", "busy") }]], { id: "first", clock });
  const model = fallback([first, sound], { afterFirstDelta: "retract" });
  const { work, job } = workshop();
  const stream = withTools(model, [work]).stream(ASK);
  const events = collect(stream);
  const { context, resolve } = await job("a");
  await clock.timer(1);
  clock.advance(1);
  (await job("b")).resolve("ran");
  expect(context.signal.aborted).toBe(true);
  resolve("too late");
  const types = (await events).map((event) => (event.type === "tool-result" ? event.callId : event.type));
  expect(types).toEqual([
    "start",
    "step-start",
    "text-delta",
    "tool-call",
    "usage",
    "retract",
    "start",
    "data",
    "tool-call",
    "b",
    "usage",
    "step-finish",
    "step-start",
    "data",
    "text-delta",
    "step-finish",
    "finish",
  ]);
  expect(await stream.fullText).toBe("Right.");
  expect(await stream.usage).toEqual({ inputTokens: 3, outputTokens: 3 });
  expect(sound.requests[1]?.messages.slice(1)).toEqual([
    { role: "assistant", content: [call("b")] },
    { role: "tool", content: [result("b", "ran")] },
  ]);
});

test("a tool that cancels its own stream while it is called keeps no place", async () => {
  const slot = new Slots(1);
  let stop = () => {};
  const work: Tool = {
    ...tool({ name: "work", input: ANY, run: () => "" }),
    slots: slot,
    run: () => {
      stop();
      return new Promise(() => {});
    },
  };
  const stream = withTools(scripted([[call("a")], ["Done."]]), [work]).stream(ASK);
  stop = () => stream.cancel("enough");
  await expect(collect(stream)).rejects.toMatchObject({ code: "cancelled" });
  await tick();
  expect(slot.taken).toBe(0);
});

test("a call that is taken back in the read that it came with is not run", async () => {
  const ran: string[] = [];
  const work = tool({ name: "work", input: ANY, run: (_, { callId }) => ran.push(callId) });
  const start: ChatEvent = { type: "start", id: "1", model: "hasty" };
  const finish: ChatEvent = { type: "finish", reason: "stop", usage: {} };
  const answers: ChatEvent[][] = [
    [start, call("a"), { type: "retract", reason: "wrong" }, start, call("b"), finish],
    [start, finish],
  ];
  const model: ChatModel = {
    id: "hasty",
    stream: () => new ChatStream({ next: () => answers.shift(), cancel() {} }),
  };
  await collect(withTools(model, [work]).stream(ASK));
  expect(ran).toEqual(["b"]);
});
