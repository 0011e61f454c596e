import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { type ScriptLine, scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { AssistantPart } from "../../stream/message.js";
import { guard } from "../guard.js";
import { filterText } from "../text-filter.js";
import { type PiiOptions, pii } from "./pii.js";
import { PiiVault } from "./pii-vault.js";
import { PlaceholderRestorer } from "./placeholder-restorer.js";
import { scrubText } from "./scrub-text.js";

const asked = (content: string): ChatRequest => ({ messages: [{ role: "user", content }] });
const opaque = { dialect: "anthropic", data: { signature: "s" } };

async function ask(request: ChatRequest, script: readonly ScriptLine[], options: PiiOptions = {}) {
  const model = scripted([script]);
  const events = await collect(guard(model, pii(options)).stream(request));
  return { seen: model.requests[0], events, text: textOf(events) };
}

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}

describe("a model behind the guard", () => {
  test("sees none of the data in a request, wherever it stands", async () => {
    const bytes = new TextEncoder().encode("a@b.io\n");
    const { seen } = await ask(
      {
        user: "a@b.io",
        metadata: { caller: "10.0.0.1" },
        messages: [
          { role: "system", content: "You work for a@b.io." },
          {
            role: "user",
            content: [
              { type: "text", text: "I am a@b.io" },
              { type: "file", mediaType: "text/csv", data: bytes },
              { type: "file", mediaType: "image/png", data: bytes },
            ],
          },
          {
            role: "assistant",
            content: [
              { type: "reasoning", text: "It is a@b.io." },
              { type: "tool-call", callId: "1", name: "find", input: { mail: "a@b.io" } },
            ],
          },
          {
            role: "tool",
            content: [{ type: "tool-result", callId: "1", name: "find", output: { ip: ["10.0.0.1"], n: 5551234567 } }],
          },
          { role: "user", content: "Card 4111 1111 1111 1111" },
        ],
      },
      ["Hi"],
    );
    expect(seen).toEqual({
      user: "<EMAIL_ADDRESS>",
      metadata: { caller: "<IP>" },
      messages: [
        { role: "system", content: "You work for <EMAIL_ADDRESS>." },
        {
          role: "user",
          content: [
            { type: "text", text: "I am <EMAIL_ADDRESS>" },
            { type: "file", mediaType: "text/csv", data: new TextEncoder().encode("<EMAIL_ADDRESS>\n") },
            { type: "file", mediaType: "image/png", data: bytes },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "It is <EMAIL_ADDRESS>." },
            { type: "tool-call", callId: "1", name: "find", input: { mail: "<EMAIL_ADDRESS>" } },
          ],
        },
        {
          role: "tool",
          content: [{ type: "tool-result", callId: "1", name: "find", output: { ip: ["<IP>"], n: 5551234567 } }],
        },
        { role: "user", content: "Card <CREDIT_CARD>" },
      ],
    });
  });

  test("does not show the data of its answer", async () => {
    const { text } = await ask(asked("Who?"), ["Ask jo", "hn@exam", "ple.com."]);
    expect(text).toBe("Ask <EMAIL_ADDRESS>.");
  });

  test("keeps its id, its capabilities and its list", async () => {
    const model = { ...scripted([]), capabilities: { tools: true }, list: async () => [{ id: "x" }] };
    const guarded = guard(model, pii());
    expect([guarded.id, guarded.capabilities, await guarded.list?.()]).toEqual([
      "scripted",
      { tools: true },
      [{ id: "x" }],
    ]);
  });

  test("is scrubbed one way where asked", async () => {
    const script = ["b@c.io"];
    const input = await ask(asked("a@b.io"), script, { directions: ["input"] });
    expect([input.seen?.messages[0]?.content, input.text]).toEqual(["<EMAIL_ADDRESS>", "b@c.io"]);
    const output = await ask(asked("a@b.io"), script, { directions: ["output"] });
    expect([output.seen?.messages[0]?.content, output.text]).toEqual(["a@b.io", "<EMAIL_ADDRESS>"]);
    expect(() => pii({ directions: ["up"] as never })).toThrow(expect.objectContaining({ field: "directions[0]" }));
  });

  test("is told by a warning that signed reasoning goes without its signature", async () => {
    const content: AssistantPart[] = [
      { type: "reasoning", text: "a@b.io", opaque },
      { type: "reasoning", text: "no one", opaque },
    ];
    const { seen, events } = await ask({ messages: [{ role: "assistant", content }, ...asked("And?").messages] }, [
      "x",
    ]);
    expect(seen?.messages[0]?.content).toEqual([
      { type: "reasoning", text: "<EMAIL_ADDRESS>" },
      { type: "reasoning", text: "no one", opaque },
    ]);
    expect(events[0]).toMatchObject({ type: "start", warnings: [{ field: "messages[0].content[0]" }] });
  });
});

describe("reversible", () => {
  const request = asked("I am ann@b.io, my friend is bob@b.io; I am ann@b.io from 10.0.0.1.");

  test("the model sees numbered placeholders, the reader the values", async () => {
    const { seen, text } = await ask(
      request,
      ["Hello <EMAIL", "_ADDRESS_1", ">, greet <EMAIL_ADDRESS_2> at <", "IP_1> <EMAIL_ADDRESS_3> <b> <"],
      { reversible: true },
    );
    expect(seen?.messages[0]?.content).toBe(
      "I am <EMAIL_ADDRESS_1>, my friend is <EMAIL_ADDRESS_2>; I am <EMAIL_ADDRESS_1> from <IP_1>.",
    );
    expect(text).toBe("Hello ann@b.io, greet bob@b.io at 10.0.0.1 <EMAIL_ADDRESS_3> <b> <");
  });

  test("tool arguments are restored in their deltas and in the call, and data of the model's own is not shown", async () => {
    const input = { to: "<EMAIL_ADDRESS_1>", cc: "own@model.io", "<IP_1>": 1 };
    const json = JSON.stringify(input).replaceAll("<", "\\u003c");
    const deltas = [...json].map(
      (delta): ChatEvent => ({ type: "tool-input-delta", callId: "1", name: "mail", delta }),
    );
    const { events } = await ask(request, [...deltas, { type: "tool-call", callId: "1", name: "mail", input }], {
      reversible: true,
    });
    const restored = { to: "ann@b.io", cc: "<EMAIL_ADDRESS>", "10.0.0.1": 1 };
    expect(events).toContainEqual({ type: "tool-call", callId: "1", name: "mail", input: restored });
    const streamed = events.flatMap((event) => (event.type === "tool-input-delta" ? [event.delta] : []));
    expect(JSON.parse(streamed.join(""))).toEqual(restored);
  });

  test("a vault of the caller's keeps its placeholders, and signed reasoning goes back as it was written", async () => {
    const vault = new PiiVault();
    const model = scripted([[{ type: "reasoning-delta", text: "It is <EMAIL_ADDRESS_1>.", opaque }, "Hi"], ["Bye"]]);
    const guarded = guard(model, pii({ reversible: vault }));
    const first = asked("I am ann@b.io");
    const answer = await guarded.stream(first).message;
    expect(answer.content[0]).toEqual({ type: "reasoning", text: "It is ann@b.io.", opaque });
    const events = await collect(
      guarded.stream({ messages: [...first.messages, answer, ...asked("bob@b.io").messages] }),
    );
    expect(model.requests[1]?.messages).toMatchObject([
      { content: "I am <EMAIL_ADDRESS_1>" },
      { content: [{ type: "reasoning", text: "It is <EMAIL_ADDRESS_1>.", opaque }, { text: "Hi" }] },
      { content: "<EMAIL_ADDRESS_2>" },
    ]);
    expect(events[0]).not.toHaveProperty("warnings");
  });

  test("what looks like a placeholder in the request stays what it is", async () => {
    const literal = "Write <EMAIL_ADDRESS_1> and <EMAIL_ADDRESS_2>, not ann@b.io";
    const { seen, text } = await ask(asked(literal), ["<EMAIL_ADDRESS_", "1> <EMAIL_ADDRESS_2>, <EMAIL_ADDRESS_3>"], {
      reversible: true,
    });
    expect(seen?.messages[0]?.content).toBe("Write <EMAIL_ADDRESS_1> and <EMAIL_ADDRESS_2>, not <EMAIL_ADDRESS_3>");
    expect(text).toBe("<EMAIL_ADDRESS_1> <EMAIL_ADDRESS_2>, ann@b.io");
  });

  test("a vault of one call is no other call's", async () => {
    const model = scripted([["<EMAIL_ADDRESS_1>"], ["<EMAIL_ADDRESS_1>"]]);
    const guarded = guard(model, pii({ reversible: true }));
    expect(await guarded.stream(asked("ann@b.io")).fullText).toBe("ann@b.io");
    expect(await guarded.stream(asked("Whose is it?")).fullText).toBe("<EMAIL_ADDRESS_1>");
  });
});

describe("a vault", () => {
  const secret = "ann@b.io";
  const vault = new PiiVault();
  vault.placeholder("EMAIL_ADDRESS", secret);

  test("restores placeholders however the text is cut, and holds back no more than one", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("<", ">", "<EMAIL_ADDRESS_1>", "<EMAIL", "_ADDRESS_1>", "x", "<IP_1>", "&lt;"), {
          maxLength: 12,
        }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (parts, sizes) => {
          const text = parts.join("");
          const restorer = new PlaceholderRestorer(vault);
          let out = "";
          for (let from = 0, i = 0; from < text.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            out += restorer.push(text.slice(from, from + size));
            from += size;
            expect(restorer.buffered).toBeLessThan(vault.longest);
          }
          expect(out + restorer.end()).toBe(text.replaceAll("<EMAIL_ADDRESS_1>", secret));
        },
      ),
    ));

  test("never shows its values to a printer, a serialiser or a clone", async () => {
    const { inspect, format } = await import("node:util");
    const shown = [
      inspect(vault, { showHidden: true, depth: 9 }),
      inspect({ deep: [vault] }),
      format("%o %O %j %s", vault, vault, vault, vault),
      JSON.stringify({ vault }),
      `${vault}`,
      JSON.stringify(structuredClone(vault)),
      JSON.stringify(Object.entries(vault)),
      inspect(pii({ reversible: vault }), { depth: 9 }),
    ];
    for (const text of shown) expect(text).not.toContain(secret);
    expect(shown[0]).toBe("[PiiVault: 1 values]");
  });

  test("keeps values longer than a stretch whole", () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.eyJ${"a1".repeat(300)}.sig`;
    const own = new PiiVault();
    const placeholder = own.placeholder("API_KEY", token);
    expect(filterText(new PlaceholderRestorer(own), `${placeholder}.`)).toBe(`${token}.`);
    own.clear();
    expect([own.size, own.value(placeholder)]).toEqual([0, undefined]);
  });
});

test("a whole text is scrubbed with one call", () => {
  expect(scrubText("Mail a@b.io")).toBe("Mail <EMAIL_ADDRESS>");
});

test("a validator that throws ends the answer in the name of its guard", async () => {
  const validate = () => {
    throw new TypeError("not a badge");
  };
  const named = { ...pii({ custom: [{ name: "BADGE", pattern: /EMP-\d+/, validate }] }), name: "badges" };
  const stream = guard(guard(scripted([["Hi EMP-1 there"]]), named), pii()).stream(asked("Who?"));
  await expect(stream.fullText).rejects.toMatchObject({
    code: "guard-failed",
    message: "the guard badges failed: not a badge",
  });
});

test.each([
  [String.raw`\<EMAIL_ADDRESS_1\>, <EMAIL\_ADDRESS\_1>`, "ann@b.io, ann@b.io"],
  ["&lt;EMAIL_ADDRESS_1&gt; and <<EMAIL_ADDRESS_1>>", "ann@b.io and <ann@b.io>"],
  ["https://x.io/?to=%3CEMAIL_ADDRESS_1%3E&a=1", "https://x.io/?to=ann%40b.io&a=1"],
  ['{"<EMAIL_ADDRESS_1>":{"a":"<EMAIL_ADDRESS_1>"}}', '{"ann@b.io":{"a":"ann@b.io"}}'],
  ["<EMAIL&lt;EMAIL_ADDRESS_1&gt; 5 &l % \\", "<EMAILann@b.io 5 &l % \\"],
])("a placeholder is known however the model writes it: %s", async (said, shown) => {
  for (const pieces of [[said], [...said]]) {
    const model = guard(scripted([pieces]), pii({ reversible: true }));
    expect(await model.stream({ messages: [{ role: "user", content: "ann@b.io" }] }).fullText).toBe(shown);
  }
});

test("two keys that become the same stay two", async () => {
  const tools = [{ type: "tool-call", callId: "1", name: "t", input: { "ann@b.io": 1, "bob@b.io": 2 } }] as const;
  const model = guard(scripted([tools, ['{"ann@b.io":1,"bob@b.io":2}']]), pii());
  const message = await model.stream({ messages: [{ role: "user", content: "Hi" }] }).message;
  expect(message.content).toMatchObject([{ input: { "<EMAIL_ADDRESS>": 1, "<EMAIL_ADDRESS>_2": 2 } }]);
  const text = await model.stream({ messages: [{ role: "user", content: "Hi" }] }).fullText;
  expect(text).toBe('{"<EMAIL_ADDRESS>":1,"<EMAIL_ADDRESS>_2":2}');
});
