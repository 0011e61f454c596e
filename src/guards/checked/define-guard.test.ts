import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { defineModel } from "../../models/define-model.js";
import { fallback } from "../../models/fallback.js";
import { type ScriptLine, scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { guard } from "../guard.js";
import { type CheckedText, defineGuard, type GuardDefinition, type Verdict } from "./define-guard.js";

const request: ChatRequest = { messages: [{ role: "user", content: "Tell me." }] };
const usage: ChatEvent = { type: "usage", usage: { inputTokens: 3, outputTokens: 4 } };

/** Blocks, retracts or replaces text with these words in it. */
function verdictOn({ text }: CheckedText): Verdict {
  if (text.includes("BAD")) return { action: "block", reason: "a bad word" };
  if (text.includes("WRONG")) return { action: "retract", reason: "it is wrong" };
  if (text.includes("SAY")) return { action: "replace", text: text.replace("SAY", "[…]"), reason: "not to be said" };
  return undefined;
}

/** The same, later. */
const later = async (text: CheckedText) => verdictOn(text);

async function answer(script: readonly ScriptLine[], definition: Partial<GuardDefinition> = {}) {
  const model = scripted([script]);
  const own = defineGuard({ name: "words", check: verdictOn, directions: ["output"], ...definition });
  const events = await collect(guard(model, own).stream(request));
  return events.filter((event) => event.type !== "start");
}

const text = (said: string): ChatEvent => ({ type: "text-delta", text: said });
const says = (action: string, reason: string): ChatEvent => ({
  type: "data",
  name: "guard/verdict",
  value: { guard: "words", action, reason },
});

describe.each([
  ["at once", verdictOn],
  ["later", later],
])("an answer whose check answers %s", (_, check) => {
  test("passes sentence by sentence, each as soon as it is complete", async () => {
    const events = await answer(["One. Tw", "o! Three? “Four.” Five", " is 5.5 now.\n六。七。"], { check });
    expect(events).toEqual([
      ...["One. ", "Two! ", "Three? ", "“Four.” ", "Five is 5.5 now.\n", "六。", "七。"].map(text),
      { type: "finish", reason: "stop", usage: {} },
    ]);
  });

  test("is blocked: what was said stands, the usage is known, the reason is said", async () => {
    expect(await answer([usage, "Good. Now B", "AD things. More."], { check })).toEqual([
      usage,
      text("Good. "),
      says("block", "a bad word"),
      { type: "finish", reason: "content-filter", usage: usage.type === "usage" ? usage.usage : {} },
    ]);
  });

  test("is retracted: what was said is taken back", async () => {
    const events = await answer(["Good. WRONG."], { check });
    expect(events).toEqual([
      text("Good. "),
      says("retract", "it is wrong"),
      { type: "retract", reason: "it is wrong" },
      { type: "finish", reason: "content-filter", usage: {} },
    ]);
  });

  test("is checked by whole sentences though tools have results meanwhile", async () => {
    const step: ChatEvent = { type: "step-start", step: 0, model: "m" };
    const call: ChatEvent = { type: "tool-call", callId: "1", name: "look", input: {} };
    const result: ChatEvent = { type: "tool-result", callId: "1", name: "look", output: "r" };
    const events = await answer([step, call, "This is B", result, "AD. "], { check });
    expect(events.slice(0, 4)).toEqual([step, call, result, says("block", "a bad word")]);
  });

  test("is replaced in part", async () => {
    expect(await answer(["Good. SAY it. Go on."], { check })).toEqual([
      text("Good. "),
      says("replace", "not to be said"),
      text("[…] it. "),
      text("Go on."),
      { type: "finish", reason: "stop", usage: {} },
    ]);
  });
});

describe("a check", () => {
  test("is shown what was said before, as it went out", async () => {
    const seen: CheckedText[] = [];
    await answer(["SAY a. And b. ", { type: "reasoning-delta", text: "Hm." }, "C."], {
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
    const events = await answer(["abcd", "ef👩gh"], { unit: { chars: 3 } });
    expect(events.slice(0, -1)).toEqual(["abc", "def", "👩g", "h"].map(text));
    const split = await answer(["ab👩c"], { unit: { chars: 3 } });
    expect(split.slice(0, -1)).toEqual(["ab👩", "c"].map(text));
  });

  test("gets a sentence without an end in parts, cut at a space", async () => {
    const events = await answer(["one two three four"], { longest: 10 });
    expect(events.slice(0, -1)).toEqual(["one two ", "three ", "four"].map(text));
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

describe("tool calls and state", () => {
  const delta = (said: string): ChatEvent => ({ type: "tool-input-delta", callId: "1", name: "sh", delta: said });
  const call = (input: { cmd: string }): ChatEvent => ({ type: "tool-call", callId: "1", name: "sh", input });
  const channels = ["tool-call"] as const;

  test("arguments pass when the call is complete and was checked", async () => {
    const seen: CheckedText[] = [];
    const events = await answer([delta('{"cmd":'), delta('"ls"}'), call({ cmd: "ls" })], {
      channels,
      check: (piece) => void seen.push(piece),
    });
    expect(seen).toEqual([{ direction: "output", channel: "tool-call", text: '{"cmd":"ls"}', before: "", tool: "sh" }]);
    expect(events.slice(0, -1)).toEqual([delta('{"cmd":'), delta('"ls"}'), call({ cmd: "ls" })]);
  });

  test("a blocked call is never seen, a replaced one is seen as replaced", async () => {
    expect(await answer([delta('{"cmd":"BAD"}'), call({ cmd: "BAD" })], { channels })).toMatchObject([
      says("block", "a bad word"),
      { type: "finish", reason: "content-filter" },
    ]);
    const replaced = await answer([delta('{"cmd":'), delta('"SAY"}'), call({ cmd: "SAY" })], { channels });
    expect(replaced.slice(1, -1)).toEqual([delta('{"cmd":"[…]"}'), call({ cmd: "[…]" })]);
  });

  test("arguments replaced with what is no JSON are an error", async () => {
    const check = (): Verdict => ({ action: "replace", text: "no" });
    await expect(answer([call({ cmd: "x" })], { channels, check })).rejects.toMatchObject({ code: "guard-failed" });
  });

  test("the signature of reasoning that was replaced is dropped, any other kept", async () => {
    const signed = (said: string): ChatEvent => ({
      type: "reasoning-delta",
      text: said,
      opaque: { dialect: "anthropic", data: "s" },
    });
    const plain = (said: string): ChatEvent => ({ type: "reasoning-delta", text: said });
    const options = { channels: ["reasoning"] as const };
    expect((await answer([plain("Good."), signed("")], options)).slice(0, -1)).toEqual([plain("Good."), signed("")]);
    expect((await answer([plain("SAY."), signed("")], options)).slice(0, -1)).toEqual([
      says("replace", "not to be said"),
      plain("[…]."),
      says("opaque-dropped", "the provider's state belongs to reasoning whose text was changed"),
    ]);
  });

  test("the step that runs is ended, too", async () => {
    const step: ChatEvent = { type: "step-start", step: 3, model: "m" };
    const events = await answer([step, usage, "BAD."]);
    const used = { inputTokens: 3, outputTokens: 4 };
    expect(events.slice(-2)).toEqual([
      { type: "step-finish", step: 3, reason: "content-filter", usage: used },
      { type: "finish", reason: "content-filter", usage: used },
    ]);
  });
});

describe("a request", () => {
  const ask = (content: string, definition: Partial<GuardDefinition> = {}) => {
    const model = scripted([["Hi"]]);
    const own = defineGuard({ name: "words", check: verdictOn, ...definition });
    return { model, stream: guard(model, own).stream({ messages: [{ role: "user", content }] }) };
  };

  test.each([verdictOn, later])("that is blocked is refused before the provider is asked", async (check) => {
    const { model, stream } = ask("BAD", { check });
    await expect(stream.fullText).rejects.toMatchObject({
      code: "blocked",
      message: "the guard words refused the request: a bad word",
    });
    expect(model.requests).toEqual([]);
  });

  test("is replaced in part, and passes as it is where nothing is wrong", async () => {
    const { model, stream } = ask("SAY it");
    expect(await stream.fullText).toBe("Hi");
    expect(model.requests[0]?.messages).toEqual([{ role: "user", content: "[…] it" }]);
    const same = ask("Fine");
    await same.stream.fullText;
    expect(same.model.requests[0]?.messages[0]?.content).toBe("Fine");
  });

  test("is checked with the role of each text, results of tools included, each text once", async () => {
    const seen: CheckedText[] = [];
    const model = scripted([["Hi"]]);
    const own = defineGuard({ name: "x", directions: ["input"], check: (piece) => void seen.push(piece) });
    const call = { callId: "1", name: "t" };
    await guard(model, own).stream({
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "u" },
        { role: "assistant", content: [{ type: "tool-call", ...call, input: { a: "i" } }] },
        { role: "tool", content: [{ type: "tool-result", ...call, output: ["o", "o"] }] },
        { role: "user", content: "u" },
      ],
    }).fullText;
    expect(seen.map((piece) => (piece.direction === "input" ? `${piece.role} ${piece.text}` : ""))).toEqual([
      "system s",
      "user u",
      "assistant i",
      "tool o",
    ]);
  });

  test("is not asked about where the guard looks at answers alone", async () => {
    expect(await ask("BAD", { directions: ["output"] }).stream.fullText).toBe("Hi");
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

describe("an answer that is JSON", () => {
  const value = { "the SAY key": 'He SAY "so".\nThen\t\\ ünd 😀', list: ["SAY", 5.5, null], "": {} };
  const replaced = { "the […] key": 'He […] "so".\nThen\t\\ ünd 😀', list: ["[…]", 5.5, null], "": {} };
  const written = [
    JSON.stringify(value),
    JSON.stringify(value, null, 2),
    JSON.stringify(value).replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`),
  ];
  test.each([1, 3, 1_000])("is seen as what it says, and stays JSON, in pieces of %i", async (size) => {
    for (const json of written) {
      const seen: string[] = [];
      const pieces = json.match(new RegExp(`.{1,${size}}`, "gsu")) ?? [];
      const events = await answer(pieces, {
        check: (piece) => {
          seen.push(piece.text);
          return verdictOn(piece);
        },
      });
      const said = events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("");
      expect(JSON.parse(said)).toEqual(replaced);
      expect(seen).toContain("Then\t\\ ünd 😀");
      expect(seen).toContain("the SAY key");
    }
  });

  test("goes out as it was written where nothing is replaced", async () => {
    const json = '{ "a\\u0062": "\\/ \\u00e9",\n "c": [1, "\\n"] }';
    const events = await answer([json.slice(0, 9), json.slice(9)]);
    expect(events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("")).toBe(json);
  });

  test("is text where it only looks like JSON", async () => {
    const events = await answer(["{not} a \\n “SAY” "]);
    expect(events).toContainEqual(text("{not} a \\n “[…]” "));
  });
});
