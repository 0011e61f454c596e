import { expect, test } from "vitest";
import { fallback } from "../../src/models/fallback.js";
import { CostMeter } from "../../src/models/prices/cost-meter.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { traced } from "../../src/telemetry/traced.js";
import { drained, PlayedSource, START } from "../support/played-source.js";
import { recorder } from "../support/recorder.js";

const ASKED = { messages: [{ role: "user" as const, content: "Hi" }] };

function played(id: string, ...steps: ConstructorParameters<typeof PlayedSource>): ChatModel {
  return { id, stream: (_, options) => new ChatStream(new PlayedSource(...steps), { signal: options?.signal }) };
}

test("an answer that was retracted and taken up by another model costs both", async () => {
  const { options, spans } = recorder({ cost: (id) => new CostMeter(id) });
  const text: ChatEvent = { type: "text-delta", text: "a" };
  const half: ChatEvent = { type: "usage", usage: { inputTokens: 1_000_000, outputTokens: 0 } };
  const first = played(
    "openai/gpt-5",
    [{ type: "start", id: "1", model: "gpt-5" }, half, text],
    new SluiceError("overloaded", "busy"),
  );
  const finish: ChatEvent = { type: "finish", reason: "stop", usage: { inputTokens: 1_000_000, outputTokens: 0 } };
  const second = played("openai/gpt-4.1", [{ type: "start", id: "2", model: "gpt-4.1" }, half, text], [finish]);
  const both = fallback([first, second], { afterFirstDelta: "retract", id: "both" });
  await drained(traced(both, options).stream(ASKED).source());
  const [span] = spans();
  expect(span?.attributes).toMatchObject({
    "gen_ai.response.model": "gpt-4.1",
    "gen_ai.usage.input_tokens": 2_000_000,
    "sluice.usage.cost": 1.25 + 2,
  });
  expect(span?.events.map(({ name }) => name)).toEqual(["sluice.retract", "sluice.fallback"]);
});

test("each model of a fallback may be observed by itself", async () => {
  const { options, spans } = recorder();
  const first = traced(played("a/one", new SluiceError("overloaded", "busy")), options);
  const second = traced(played("b/two", [START], [{ type: "finish", reason: "stop", usage: {} }]), options);
  await fallback([first, second]).stream(ASKED).usage;
  expect(spans().map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
    ["chat one", "overloaded"],
    ["chat two", undefined],
  ]);
});
