import { describe, expect, test } from "vitest";
import {
  checkedAnswer,
  later,
  request,
  textDelta,
  usage,
  verdictEvent,
  verdictOn,
} from "../../../test/support/checked-answer.js";
import { collect } from "../../../test/support/collect.js";
import { defineModel } from "../../models/define-model.js";
import { fallback } from "../../models/fallback.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import { guard } from "../guard.js";
import { type CheckedText, defineGuard, type GuardDefinition, type Verdict } from "./define-guard.js";

describe.each([
  ["at once", verdictOn],
  ["later", later],
])("an answer whose check answers %s", (_, check) => {
  test("passes sentence by sentence, each as soon as it is complete", async () => {
    const events = await checkedAnswer(["One. Tw", "o! Three? “Four.” Five", " is 5.5 now.\n六。七。"], { check });
    expect(events).toEqual([
      ...["One. ", "Two! ", "Three? ", "“Four.” ", "Five is 5.5 now.\n", "六。", "七。"].map(textDelta),
      { type: "finish", reason: "stop", usage: {} },
    ]);
  });

  test("is blocked: the output stands, the usage is known, the reason is given", async () => {
    expect(await checkedAnswer([usage, "Good. Now B", "AD things. More."], { check })).toEqual([
      usage,
      textDelta("Good. "),
      verdictEvent("block", "a bad word"),
      { type: "finish", reason: "content-filter", usage: usage.type === "usage" ? usage.usage : {} },
    ]);
  });

  test("is retracted: the output is taken back", async () => {
    const events = await checkedAnswer(["Good. WRONG."], { check });
    expect(events).toEqual([
      textDelta("Good. "),
      verdictEvent("retract", "it is wrong"),
      { type: "retract", reason: "it is wrong" },
      { type: "finish", reason: "content-filter", usage: {} },
    ]);
  });

  test("is checked by whole sentences though tools have results meanwhile", async () => {
    const step: ChatEvent = { type: "step-start", step: 0, model: "m" };
    const call: ChatEvent = { type: "tool-call", callId: "1", name: "look", input: {} };
    const result: ChatEvent = { type: "tool-result", callId: "1", name: "look", output: "r" };
    const events = await checkedAnswer([step, call, "This is B", result, "AD. "], { check });
    expect(events.slice(0, 4)).toEqual([step, call, result, verdictEvent("block", "a bad word")]);
  });

  test("is replaced in part", async () => {
    expect(await checkedAnswer(["Good. SAY it. Go on."], { check })).toEqual([
      textDelta("Good. "),
      verdictEvent("replace", "not to be said"),
      textDelta("[…] it. "),
      textDelta("Go on."),
      { type: "finish", reason: "stop", usage: {} },
    ]);
  });
});

describe("a check", () => {
  test("is shown the output before, as it went out", async () => {
    const seen: CheckedText[] = [];
    await checkedAnswer(["SAY a. And b. ", { type: "reasoning-delta", text: "Hm." }, "C."], {
      check: (piece) => {
        seen.push(piece);
        return verdictOn(piece);
      },
      channels: ["text", "reasoning"],
    });
    expect(seen).toEqual([
      { direction: "output", channel: "text", text: "SAY a. ", before: "" },
      { direction: "output", channel: "text", text: "And b. ", before: "[…] a. " },
      { direction: "output", channel: "reasoning", text: "Hm.", before: "" },
      { direction: "output", channel: "text", text: "C.", before: "" },
    ]);
  });

  test("gets windows of so many characters where asked, and never half a surrogate pair", async () => {
    const events = await checkedAnswer(["abcd", "ef👩gh"], { unit: { chars: 3 } });
    expect(events.slice(0, -1)).toEqual(["abc", "def", "👩g", "h"].map(textDelta));
    const split = await checkedAnswer(["ab👩c"], { unit: { chars: 3 } });
    expect(split.slice(0, -1)).toEqual(["ab👩", "c"].map(textDelta));
  });

  test("gets a sentence without an end in parts, cut at a space", async () => {
    const events = await checkedAnswer(["one two three four"], { longest: 10 });
    expect(events.slice(0, -1)).toEqual(["one two ", "three ", "four"].map(textDelta));
  });

  describe.each(["input", "output"] as const)("of %s that fails", (direction) => {
    const busy = new SluiceError("overloaded", "no classifier is free", { retryable: true });
    const guarded = (check: GuardDefinition["check"]) =>
      guard(scripted([["Some. "]]), defineGuard({ name: "x", check, directions: [direction] }));
    const failed = {
      code: "guard-failed",
      message: "the guard x failed: no classifier is free",
      retryable: false,
      cause: busy,
      partial: { text: "" },
    };

    test.each<[string, GuardDefinition["check"]]>([
      [
        "at once",
        () => {
          throw busy;
        },
      ],
      ["later", () => Promise.reject(busy)],
    ])("%s ends the stream in the name of the guard, and lets nothing pass", async (_, check) => {
      await expect(guarded(check).stream(request).fullText).rejects.toMatchObject(failed);
    });

    test("keeps other models from being asked in its place", async () => {
      const other = scripted([["Unguarded."]]);
      const both = fallback([guarded(() => Promise.reject(busy)), other]);
      await expect(both.stream(request).fullText).rejects.toMatchObject({ code: "guard-failed" });
      expect(other.requests).toEqual([]);
    });
  });

  test("is left when the reader leaves, and the upstream with it", async () => {
    let left = false;
    const model = defineModel({
      id: "m",
      async *stream() {
        try {
          for (;;) yield "Word. ";
        } finally {
          left = true;
        }
      },
    });
    const aborted: boolean[] = [];
    const check = (_: CheckedText, signal: AbortSignal) =>
      new Promise<Verdict>(() => signal.addEventListener("abort", () => aborted.push(true)));
    const stream = guard(model, defineGuard({ name: "slow", check, directions: ["output"] })).stream(request);
    const reading = collect(stream);
    await new Promise(setImmediate);
    stream.cancel("enough");
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
    expect([aborted, left]).toEqual([[true], true]);
  });
});

describe("several guards", () => {
  test("the first is the outermost: it sees the request first and the answer last", async () => {
    const note = (name: string) =>
      defineGuard({ name, check: ({ text: said }) => ({ action: "replace", text: `${name}(${said})` }) });
    const model = scripted([["x"]]);
    expect(
      await guard(model, note("a"), note("b")).stream({ messages: [{ role: "user", content: "q" }] }).fullText,
    ).toBe("a(b(x))");
    expect(model.requests[0]?.messages[0]?.content).toBe("b(a(q))");
  });

  test("at least one is needed", () => {
    expect(() => guard(scripted([]))).toThrow(expect.objectContaining({ field: "guards" }));
  });
});

test.each([
  ["name", { name: "" }],
  ["check", { check: 1 }],
  ["channels[0]", { channels: ["file"] }],
  ["directions[0]", { directions: ["up"] }],
  ["unit.chars", { unit: { chars: 1 } }],
  ["longest", { longest: 0 }],
])("definitions that are not right are refused: %s", (field, definition) => {
  const make = () => defineGuard({ name: "x", check: () => undefined, ...definition } as GuardDefinition);
  expect(make).toThrow(expect.objectContaining({ code: "invalid-argument", field }));
});

describe.each(["input", "output"] as const)("a verdict on %s", (direction) => {
  const asked = (verdict: unknown) => {
    const own = defineGuard({ name: "x", directions: [direction], check: () => verdict as Verdict });
    return guard(scripted([["a"]]), own).stream(request).fullText;
  };

  test.each([
    ["the verdict of the guard x", "block"],
    ["the verdict of the guard x.action", { action: "deny", reason: "r" }],
    ["the verdict of the guard x.text", { action: "replace" }],
    ["the verdict of the guard x.reason", { action: "block" }],
  ])("that is none lets nothing through: %s", async (field, verdict) => {
    await expect(asked(verdict)).rejects.toMatchObject({ code: "guard-failed", field });
  });

  test("may be null: the text passes", async () => {
    expect(await asked(null)).toBe("a");
  });
});
