import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { fromAiSdk } from "../../src/models/ai-sdk/from-ai-sdk.js";
import { defineModel } from "../../src/models/define-model.js";
import { echo } from "../../src/models/echo.js";
import { fallback } from "../../src/models/fallback.js";
import { record } from "../../src/models/record.js";
import { replay } from "../../src/models/replay.js";
import { type ScriptLine, scripted } from "../../src/models/scripted.js";
import { simulate } from "../../src/models/simulate.js";
import { SluiceError } from "../../src/stream/error.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { speaking } from "../support/ai-sdk-models.js";
import { modelLaws } from "./model-laws.js";

const fast = { tokensPerSecond: Number.POSITIVE_INFINITY };
const folder = mkdtempSync(join(tmpdir(), "sluice-laws-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

modelLaws("echo", () => ({ model: echo(fast) }));
modelLaws("a scripted model", () => {
  const script = ["one ", "two ", "three"];
  return { model: scripted([script, script, script]) };
});
modelLaws("a model of one's own", () => ({
  model: defineModel({
    id: "own",
    *stream() {
      yield "one ";
      yield { type: "reasoning-delta", text: "hm" };
      yield "two";
    },
  }),
}));
modelLaws("a fallback", () => {
  const busy = defineModel({
    id: "busy",
    stream: async function* () {
      yield* [];
      throw new SluiceError("overloaded", "too much to do");
    },
  });
  return { model: fallback([busy, echo(fast)]) };
});
modelLaws("a model that is recorded", () => ({ model: record(echo(fast), join(folder, "laws.jsonl")) }));
modelLaws("a recording", async () => {
  const file = join(folder, "replayed.jsonl");
  await record(echo(fast), file).stream({ messages: [{ role: "user", content: "Say three words." }] }).fullText;
  return { model: replay(file, { speed: Number.POSITIVE_INFINITY }) };
});
modelLaws("a model with tools", () => {
  const clock = tool({ name: "clock", input: { type: "object" }, run: () => "noon" });
  const call: ScriptLine = { type: "tool-call", callId: "1", name: "clock", input: {} };
  // Each law asks up to three times.
  const scripts: ScriptLine[][] = [
    ["Wait. ", call],
    ["It is ", "noon."],
  ];
  return { model: withTools(scripted([...scripts, ...scripts, ...scripts]), [clock]) };
});
for (const version of ["v2", "v3", "v4"] as const) {
  modelLaws(`a language model of the AI SDK, ${version}`, () => {
    const { model, closed } = speaking(version, ["one ", "two ", "three"]);
    return { model: fromAiSdk(model), upstreamClosed: () => closed };
  });
}
modelLaws("a simulated stream", () => ({ model: simulate(echo(fast), fast), simulated: true }));
