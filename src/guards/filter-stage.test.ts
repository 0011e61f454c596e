import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../stream/chat-event.js";
import { filterStage } from "./filter-stage.js";
import { scrubRules } from "./pii/scrub-rules.js";
import { scrubStage } from "./pii/scrub-text.js";
import { Scrubber } from "./pii/scrubber.js";

function run(events: readonly ChatEvent[], stage = scrubStage()): ChatEvent[] {
  const out: ChatEvent[] = [];
  for (const event of events) stage.push(event, (said) => out.push(said));
  stage.end?.((said) => out.push(said));
  return out;
}

const text = (said: string, block?: number): ChatEvent => ({
  type: "text-delta",
  text: said,
  ...(block !== undefined && { block }),
});
const thought = (said: string): ChatEvent => ({ type: "reasoning-delta", text: said });
const opaque = { dialect: "anthropic", data: { signature: "s" } };

describe("each text has a filter of its own", () => {
  test("an entity is found over deltas, and what is buffered goes out before what follows", () => {
    const end: ChatEvent = { type: "file", mediaType: "image/png", data: new Uint8Array(1) };
    expect(run([text("Mail jo"), text("hn@exam"), text("ple.com"), end])).toEqual([
      text("Mail "),
      text("<EMAIL_ADDRESS>"),
      end,
    ]);
  });

  test("blocks, kinds and refusals do not run together", () => {
    expect(run([text("a@b", 0), text(".io", 1), thought("a@b.io"), text("a@b")])).toEqual([
      text("a@b", 0),
      text(".io", 1),
      thought("<EMAIL_ADDRESS>"),
      text("a@b"),
    ]);
    const refusal: ChatEvent = { type: "text-delta", text: ".io", refusal: true };
    expect(run([text("a@b"), refusal])).toEqual([text("a@b"), refusal]);
  });

  test("usage, context and data in between do not end a text", () => {
    const usage: ChatEvent = { type: "usage", usage: { outputTokens: 1 } };
    expect(run([text("a@b"), usage, { type: "context", contextId: "c" }, text(".io")])).toEqual([
      usage,
      { type: "context", contextId: "c" },
      text("<EMAIL_ADDRESS>"),
    ]);
  });

  test("what tools say while the model is speaking does not cut its words", () => {
    const step: ChatEvent = { type: "step-start", step: 0, model: "m" };
    const result: ChatEvent = { type: "tool-result", callId: "1", name: "look", output: "r" };
    const request: ChatEvent = {
      type: "input-request",
      id: "2",
      kind: "approval",
      callId: "2",
      name: "pay",
      input: {},
    };
    expect(run([step, text("to john@exam"), result, request, text("ple.com")])).toEqual([
      step,
      text("to "),
      result,
      request,
      text("<EMAIL_ADDRESS>"),
    ]);
    const own: ChatEvent = { ...result, providerExecuted: true };
    expect(run([step, text("to"), own])).toEqual([step, text("to"), own]);
    expect(run([text("to"), result])).toEqual([text("to"), result]);
  });

  test("a retraction takes back what is buffered", () => {
    const retract: ChatEvent = { type: "retract", reason: "again" };
    expect(run([text("555-12"), retract, text("3-4567")])).toEqual([retract, text("3-4567")]);
  });
});

describe("a text that another event parts", () => {
  const source: ChatEvent = { type: "source", source: { kind: "url", url: "https://a.io" } };
  const input: ChatEvent = { type: "tool-input-delta", callId: "1", name: "t", delta: "{}" };
  const file: ChatEvent = { type: "file", mediaType: "image/png", data: new Uint8Array(1) };

  test.each([source, file, input, thought("hm"), text("x", 1)])("is looked at as one: %j", (event) => {
    expect(run([text("to john@exam"), event, text("ple.com is")])).toEqual([
      text("to "),
      text("<EMAIL_ADDRESS> "),
      event,
      text("is"),
    ]);
  });

  test("waits no longer than for so much, and hides the rest of what has gone out", () => {
    const many = Array.from({ length: 70 }, () => source);
    const out = run([text("john@exam"), ...many, text("ple.com is")]);
    expect(out.slice(0, 2)).toEqual([text("john@exam"), source]);
    expect(out.slice(-2)).toEqual([text("<EMAIL_ADDRESS> "), text("is")]);
  });

  test("keeps what concerns tools waiting for what looks like something alone", () => {
    expect(run([text("I look it"), input])).toEqual([text("I look "), text("it"), input]);
    expect(run([text("john"), input, text("@example.com is")])).toEqual([
      text("john"),
      input,
      text("<EMAIL_ADDRESS> "),
      text("is"),
    ]);
  });

  test("is JSON still", () => {
    const parts = [text('{"a":"x\\n10.1'), source, text('.2.3","b":"'), input, text('555-123-4567"}')];
    const said = run(parts).flatMap((event) => (event.type === "text-delta" ? [event.text] : []));
    expect(said.join("")).toBe('{"a":"x\\n<IP>","b":"<PHONE_NUMBER>"}');
  });
});

describe("tools", () => {
  const delta = (callId: string, said: string): ChatEvent => ({
    type: "tool-input-delta",
    callId,
    name: "mail",
    delta: said,
  });

  test("two inputs that arrive in turns, and the complete calls, say the same", () => {
    const input = { to: "a@b.io", n: [5551234567, "10.0.0.1"] };
    const other = { q: "a@b.io" };
    const [one, two] = [JSON.stringify(input), JSON.stringify(other)];
    const events: ChatEvent[] = [];
    for (let i = 0; i < one.length; i += 3) {
      events.push(delta("1", one.slice(i, i + 3)));
      if (i < two.length) events.push(delta("2", two.slice(i, i + 3)));
    }
    events.push({ type: "tool-call", callId: "1", name: "mail", input, opaque });
    events.push({ type: "tool-call", callId: "2", name: "mail", input: other });
    const out = run(events);
    const calls = out.filter((event) => event.type === "tool-call");
    expect(calls).toEqual([
      {
        type: "tool-call",
        callId: "1",
        name: "mail",
        input: { to: "<EMAIL_ADDRESS>", n: [5551234567, "<IP>"] },
        opaque,
      },
      { type: "tool-call", callId: "2", name: "mail", input: { q: "<EMAIL_ADDRESS>" } },
    ]);
    for (const call of calls) {
      const streamed = out.flatMap((event) =>
        event.type === "tool-input-delta" && event.callId === call.callId ? [event.delta] : [],
      );
      expect(JSON.parse(streamed.join(""))).toEqual(call.input);
    }
  });

  test("input that is no JSON is filtered alike in its deltas and its call", () => {
    const input = "{to: a@b.io";
    const call: ChatEvent = { type: "tool-call", callId: "1", name: "mail", input, invalid: true };
    const out = run([delta("1", "{to: a@"), delta("1", "b.io"), call]);
    expect(out).toEqual([
      delta("1", "{to: "),
      delta("1", "<EMAIL_ADDRESS>"),
      { ...call, input: "{to: <EMAIL_ADDRESS>" },
    ]);
  });

  test("results, approval requests, data and the words of sources are filtered; state and URLs are not", () => {
    const source = { kind: "url" as const, url: "https://a.io/?a@b.io", title: "by a@b.io", quote: "10.0.0.1 said" };
    expect(
      run([
        { type: "tool-result", callId: "1", name: "find", output: ["a@b.io", { ip: "10.0.0.1" }] },
        { type: "input-request", id: "1", kind: "approval", callId: "1", name: "mail", input: { to: "a@b.io" } },
        { type: "data", name: "provider/note", value: "a@b.io" },
        { type: "data", name: "provider/state", value: "a@b.io", opaque },
        { type: "source", source },
      ]),
    ).toEqual([
      { type: "tool-result", callId: "1", name: "find", output: ["<EMAIL_ADDRESS>", { ip: "<IP>" }] },
      { type: "input-request", id: "1", kind: "approval", callId: "1", name: "mail", input: { to: "<EMAIL_ADDRESS>" } },
      { type: "data", name: "provider/note", value: "<EMAIL_ADDRESS>" },
      { type: "data", name: "provider/state", value: "a@b.io", opaque },
      { type: "source", source: { ...source, title: "by <EMAIL_ADDRESS>", quote: "<IP> said" } },
    ]);
  });
});

describe("what belongs to text that was changed", () => {
  const sealed = (said: string): ChatEvent => ({ type: "reasoning-delta", text: said, opaque });
  const dropped = expect.objectContaining({
    type: "data",
    name: "guard/verdict",
    value: expect.objectContaining({ action: "opaque-dropped", dialect: "anthropic" }),
  });

  test("the signature of reasoning is dropped, and an event says so", () => {
    expect(run([thought("ask a@b.io"), sealed("")])).toEqual([thought("ask "), thought("<EMAIL_ADDRESS>"), dropped]);
  });

  test("also when tool input came in between, which follows what was begun before it", () => {
    const input: ChatEvent = { type: "tool-input-delta", callId: "1", name: "t", delta: "{}" };
    expect(run([thought("a@b.io"), input, sealed("")])).toEqual([thought("<EMAIL_ADDRESS>"), dropped, input]);
  });

  test("it is kept where nothing was changed, where the change is undone, and on text", () => {
    expect(run([thought("ask no one"), sealed("")])).toEqual([thought("ask no "), sealed("one")]);
    const keeping = filterStage(() => new Scrubber(scrubRules()), { guard: "x", changedOpaque: "keep" });
    expect(run([sealed("a@b.io")], keeping)).toEqual([sealed("<EMAIL_ADDRESS>")]);
    const signed: ChatEvent = { type: "text-delta", text: "a@b.io", opaque };
    expect(run([signed])).toEqual([{ ...signed, text: "<EMAIL_ADDRESS>" }]);
  });

  test("the span of a source is left out behind a change, and kept without one", () => {
    const source = (block: number): ChatEvent => ({
      type: "source",
      block,
      source: { kind: "url", url: "https://a.io", span: { start: 3, end: 5 } },
    });
    const bare = { type: "source", block: 0, source: { kind: "url", url: "https://a.io" } };
    expect(run([text("a@b.io is it.", 0), source(0), text("This is it.", 1), source(1)])).toEqual([
      text("<EMAIL_ADDRESS> is ", 0),
      text("it.", 0),
      bare,
      text("This is ", 1),
      text("it.", 1),
      source(1),
    ]);
  });
});
