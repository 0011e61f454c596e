import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { answering } from "../../test/support/answering-model.js";
import { collect } from "../../test/support/collect.js";
import { failure } from "../../test/support/failure.js";
import type { JsonValue } from "../base/json.js";
import { defineModel } from "../models/define-model.js";
import { fallback } from "../models/fallback.js";
import { scripted } from "../models/scripted.js";
import { SluiceError } from "../stream/error.js";
import { object } from "./object.js";
import type { PathTo } from "./path-to.js";

const Recipe = z.object({ title: z.string(), steps: z.array(z.string()) });
const RECIPE = { title: "Pan\u2019cakes 🥞", steps: ["mix", "fry", "eat"] };

describe("reading", () => {
  it("starts over when another model does", async () => {
    const first = scripted([
      ['{"title":"x","ste', { throw: new SluiceError("truncated", "cut", { retryable: true }) }],
    ]);
    const model = fallback([first, scripted([[JSON.stringify(RECIPE)]])], { afterFirstDelta: "retract" });
    const result = object(model, Recipe, "Go", { mode: "json-schema" });
    expect(await collect(result.partials)).toEqual([{ title: "x" }, RECIPE]);
    expect(await result.object).toEqual(RECIPE);
  });

  it("takes the last of several steps", async () => {
    const model = scripted([
      [
        { type: "step-start", step: 0, model: "m" },
        "I look it up first.",
        { type: "step-finish", step: 0, reason: "tool-calls", usage: {} },
        { type: "step-start", step: 1, model: "m" },
        JSON.stringify(RECIPE),
        { type: "step-finish", step: 1, reason: "stop", usage: {} },
      ],
    ]);
    expect(await object(model, Recipe, "Go", { mode: "json-schema" }).object).toEqual(RECIPE);
  });

  it("takes the last of equal keys, and says so to who has read the first", async () => {
    const text = '{"title":"first","title":"second","steps":[]}';
    const result = object(answering(text, [20]), Recipe, "Go", { mode: "json-schema" });
    expect((await failure(collect(result.textOf("title")))).message).toContain("title came twice");
    expect(await object(answering(text), Recipe, "Go").object).toEqual({ title: "second", steps: [] });
  });

  it("is for one", async () => {
    const result = object(answering(JSON.stringify(RECIPE)), Recipe, "Go");
    const reading = collect(result.partials);
    expect((await failure(collect(result.elements("steps")))).code).toBe("stream-locked");
    expect((await reading).at(-1)).toEqual(RECIPE);
    expect(await result.object).toEqual(RECIPE);
  });

  it("waits for its reader, and closes the stream when that leaves", async () => {
    let said = 0;
    let closed = false;
    const endless = defineModel({
      id: "endless",
      async *stream() {
        try {
          yield '{"steps":["a"';
          for (;;) {
            said++;
            yield ',"b"';
          }
        } finally {
          closed = true;
        }
      },
    });
    const result = object(endless, Recipe, "Go", { mode: "json-schema" });
    let read = 0;
    for await (const _ of result.elements("steps")) if (++read === 5) break;
    expect(said).toBeLessThan(8);
    expect((await failure(result.object)).code).toBe("cancelled");
    await expect.poll(() => closed).toBe(true);
  });

  it("ends at a signal, also while a schema waits", async () => {
    const controller = new AbortController();
    let checking = () => {};
    const begun = new Promise<void>((resolve) => {
      checking = resolve;
    });
    const schema = Recipe.refine(() => {
      checking();
      return new Promise<boolean>(() => {});
    });
    const result = object(answering(JSON.stringify(RECIPE)), schema, "Go", { signal: controller.signal });
    const reading = failure(collect(result.partials));
    await begun;
    result.cancel("enough");
    expect((await reading).code).toBe("cancelled");
    controller.abort();
    const late = object(answering(JSON.stringify(RECIPE)), Recipe, "Go", { signal: controller.signal });
    expect((await failure(late.object)).code).toBe("cancelled");
  });

  it("shows small values at each delta, and copies no more than is linear in the text", async () => {
    const text = JSON.stringify({ value: Array.from({ length: 60_000 }, () => 1) });
    const pieces = text.match(/.{1,8}/g) ?? [];
    const result = object(scripted([pieces]), z.array(z.number()), "Go", { mode: "json-schema" });
    const lengths: number[] = [];
    for await (const partial of result.partials) lengths.push(partial.length);
    expect(lengths.slice(0, 4)).toEqual([3, 7, 11, 15]);
    expect(lengths.at(-1)).toBe(60_000);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(100_000 + 16 * text.length + 60_000);
  });

  it("is typed by what the schema takes and by what it makes of it", async () => {
    const schema = z.object({ at: z.string().transform((text) => text.length), tags: z.array(z.string()).optional() });
    const result = object(answering('{"at":"now"}'), schema, "Go");
    expectTypeOf(result.object).toEqualTypeOf<Promise<{ at: number; tags?: string[] | undefined }>>();
    expectTypeOf(result.elements("tags")).toEqualTypeOf<AsyncIterable<string>>();
    for await (const partial of result.partials) {
      expectTypeOf(partial).toEqualTypeOf<{ readonly at?: string; readonly tags?: readonly string[] | undefined }>();
      expect(partial).toEqual({ at: "now" });
    }
    expect(await result.object).toEqual({ at: 3 });
    type Taken = z.input<typeof schema>;
    expectTypeOf<PathTo<Taken, readonly unknown[]>>().toEqualTypeOf<readonly ["tags"]>();
    expectTypeOf<PathTo<Taken, string>>().toEqualTypeOf<readonly ["at"] | readonly ["tags", number]>();
    const plain = object(answering("{}"), { type: "object" }, "Go");
    expectTypeOf(plain.object).toEqualTypeOf<Promise<JsonValue>>();
    expectTypeOf(plain.elements("any", "thing")).toEqualTypeOf<AsyncIterable<JsonValue>>();
  });
});
