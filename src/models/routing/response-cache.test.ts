import { describe, expect, it } from "vitest";
import { modelLaws } from "../../../test/laws/model-laws.js";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { echo } from "../../models/echo.js";
import { type ScriptLine, scripted } from "../../models/scripted.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { cachedModel } from "./response-cache.js";

const ask = (content: string): ChatRequest => ({ messages: [{ role: "user", content }] });

modelLaws("a cached model", () => ({
  model: cachedModel(echo({ tokensPerSecond: Number.POSITIVE_INFINITY }), { ttlMs: 1_000, clock: new ManualClock() }),
}));

function cached(scripts: ScriptLine[][], maxEntries = 1_000) {
  const inner = scripted(scripts);
  return { inner, model: cachedModel(inner, { ttlMs: 1_000, clock: new ManualClock(), maxEntries }) };
}

describe("a cached model", () => {
  it("keeps no errors", async () => {
    const { model, inner } = cached([["hal", { throw: new SluiceError("truncated", "cut") }], ["whole"]]);
    await expect(model.stream(ask("x")).fullText).rejects.toMatchObject({ code: "truncated" });
    expect(await model.stream(ask("x")).fullText).toBe("whole");
    expect(await model.stream(ask("x")).fullText).toBe("whole");
    expect(inner.requests).toHaveLength(2);
  });

  it("keeps no answers that somebody left", async () => {
    const { model, inner } = cached([["a", "b"], ["c"]]);
    for await (const text of model.stream(ask("x")).text) if (text === "a") break;
    expect(await model.stream(ask("x")).fullText).toBe("c");
    expect(inner.requests).toHaveLength(2);
  });

  it("keeps no answers that were taken back in part", async () => {
    const { model, inner } = cached([["a", { type: "retract", reason: "busy" }, "b"], ["c"]]);
    expect(await model.stream(ask("x")).fullText).toBe("b");
    expect(await model.stream(ask("x")).fullText).toBe("c");
    expect(inner.requests).toHaveLength(2);
  });

  it("keeps the message as it is, parts and all", async () => {
    const opaque = { dialect: "d", data: 1 };
    const { model } = cached([
      [
        "a",
        { type: "text-delta", text: "b", opaque },
        "c",
        { type: "reasoning-delta", text: "hm" },
        { type: "text-delta", text: "d", block: 1 },
        { type: "tool-call", callId: "1", name: "t", input: {} },
      ],
    ]);
    const first = await model.stream(ask("x")).message;
    const second = model.stream(ask("x"));
    const again = second.message;
    expect((await collect(second))[0]).toMatchObject({ simulated: true });
    expect(await again).toEqual(first);
  });

  it("lets the answer go that was used longest ago", async () => {
    const { model, inner } = cached([["a"], ["b"], ["c"], ["b2"]], 2);
    for (const content of ["1", "2", "1", "3", "1"]) await model.stream(ask(content)).fullText;
    expect(inner.requests).toHaveLength(3);
    expect(await model.stream(ask("2")).fullText).toBe("b2");
  });
});
