import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineModel } from "../models/define-model.js";
import { textOf } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import type { StoredMessage } from "./conversation-store.js";
import { Conversations } from "./conversations.js";
import { MemoryStore } from "./stores/memory-store.js";

/** What a conversation is, told as simply as can be: a list of what was said, and where it goes on. */
interface Told {
  said: { text: string; after: number; role: string; interrupted: boolean }[];
  head: number;
}

/** Answers each call with another text, and says what it used. */
function counting() {
  let calls = 0;
  return defineModel({
    id: "counting",
    async *stream() {
      const call = ++calls;
      yield `answer `;
      yield `${call}`;
      yield { type: "usage", usage: { inputTokens: call, outputTokens: 1 } };
    },
  });
}

type Step =
  | { do: "send" | "interrupt"; text: string }
  | { do: "edit"; at: number; text: string }
  | { do: "regenerate" | "checkout"; at: number }
  | { do: "reopen" | "again" };

const at = fc.nat(30);
const text = fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).filter((said) => said.trim() !== "");
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom("send" as const, "interrupt" as const), text }),
    fc.record({ do: fc.constant("edit" as const), at, text }),
    fc.record({ do: fc.constantFrom("regenerate" as const, "checkout" as const), at }),
    fc.record({ do: fc.constantFrom("reopen" as const, "again" as const) }),
  ),
  { maxLength: 14 },
);

const path = ({ said, head }: Told): string[] => {
  const texts: string[] = [];
  for (let index = head; index !== -1; index = said[index]?.after ?? -1) texts.unshift(said[index]?.text ?? "");
  return texts;
};
const texts = (messages: readonly StoredMessage[]) => messages.map(({ message }) => textOf(message));

/** What the steps make of a conversation that is told simply, and the same of a real one. */
class Twins {
  readonly told: Told = { said: [], head: -1 };
  readonly store = new MemoryStore();
  readonly model = counting();
  conversation = this.#open();
  #calls = 0;

  #open() {
    return new Conversation({ model: this.model, store: this.store, contextId: "twins" });
  }

  async take(step: Step): Promise<void> {
    const { said } = this.told;
    switch (step.do) {
      case "send":
        await this.conversation.send(step.text);
        this.#turn(this.told.head, step.text, false);
        return;
      case "interrupt":
        for await (const _ of this.conversation.stream(step.text).text) break;
        this.#turn(this.told.head, step.text, true);
        return;
      case "reopen":
        this.conversation = this.#open();
        return;
      case "again":
        if (this.told.head === -1) return;
        await this.conversation.regenerate().fullText;
        this.#turn(this.#question(this.told.head), undefined, false);
        return;
      default:
    }
    if (said.length === 0) return;
    const index = step.at % said.length;
    const id = (await this.conversation.allMessages())[index]?.id ?? "";
    if (step.do === "checkout") {
      await this.conversation.checkout(id);
      this.told.head = this.#leaf(index);
    } else if (step.do === "regenerate") {
      await this.conversation.regenerate(id).fullText;
      this.#turn(this.#question(index), undefined, false);
    } else if ("text" in step && said[index]?.role === "user") {
      await this.conversation.edit(id, step.text).fullText;
      this.#turn(said[index]?.after ?? -1, step.text, false);
    }
  }

  #turn(after: number, asked: string | undefined, interrupted: boolean): void {
    const { said } = this.told;
    if (asked !== undefined) said.push({ text: asked, after, role: "user", interrupted: false });
    const call = ++this.#calls;
    const parent = asked === undefined ? after : said.length - 1;
    said.push({ text: interrupted ? "answer " : `answer ${call}`, after: parent, role: "assistant", interrupted });
    this.told.head = said.length - 1;
  }

  #question(index: number): number {
    let question = index;
    while (this.told.said[question]?.role !== "user") question = this.told.said[question]?.after ?? -1;
    return question;
  }

  #leaf(index: number): number {
    const next = this.told.said.findLastIndex(({ after }) => after === index);
    return next === -1 ? index : this.#leaf(next);
  }
}

describe("any edits, branches, answers and interruptions", () => {
  test("make the tree that they say, here, from the store and from an export", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const twins = new Twins();
        for (const step of all) await twins.take(step);
        const { conversation, told, store, model } = twins;
        await new Conversations(store).import(await conversation.export("json"), { contextId: "copy" });
        const copy = new Conversation({ model, store, contextId: "copy" });
        const again = new Conversation({ model, store, contextId: "twins" });
        for (const one of [conversation, again, copy]) {
          expect(texts(await one.messages())).toEqual(path(told));
          const messages = await one.allMessages();
          expect(texts(messages)).toEqual(told.said.map((said) => said.text));
          expect(messages.map(({ status }) => status === "interrupted")).toEqual(
            told.said.map(({ interrupted }) => interrupted),
          );
          for (const [index, { id }] of messages.entries()) {
            const after = told.said[index]?.after;
            const beside = told.said.filter((said) => said.after === after).map((said) => said.text);
            expect(texts(await one.branches(id))).toEqual(beside);
          }
          const { turns, interrupted, usage, onCurrentBranch, branches } = await one.statistics();
          const answers = told.said.filter(({ role }) => role === "assistant");
          const spent = answers.flatMap((said) => (said.interrupted ? [] : [Number(said.text.slice(7))]));
          expect({ turns, interrupted, onCurrentBranch }).toEqual({
            turns: answers.length,
            interrupted: answers.length - spent.length,
            onCurrentBranch: path(told).length,
          });
          expect(branches).toBe(told.said.filter((_, index) => told.said.every(({ after }) => after !== index)).length);
          expect(usage.inputTokens ?? 0).toBe(spent.reduce((sum, tokens) => sum + tokens, 0));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("by several writers at once lose nothing, and each conversation that won goes on", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), fc.boolean()), { maxLength: 20 }), async (turns) => {
        const store = new MemoryStore();
        const model = counting();
        const writers = [0, 1, 2].map(() => new Conversation({ model, store, contextId: "shared" }));
        const won: string[] = [];
        for (const [index, [writer, together]] of turns.entries()) {
          const speakers = together ? [writer, (writer + 1) % 3] : [writer];
          const outcomes = await Promise.allSettled(
            speakers.map((speaker) => (writers[speaker] as Conversation).send(`${index} of ${speaker}`)),
          );
          const winners = outcomes.flatMap(({ status }, at) => (status === "fulfilled" ? [speakers[at]] : []));
          expect(winners.length).toBeLessThanOrEqual(1);
          won.push(...winners.map((winner) => `${index} of ${winner}`));
        }
        const last = new Conversation({ model, store, contextId: "shared" });
        const users = (messages: readonly StoredMessage[]) =>
          texts(messages.filter(({ message }) => message.role === "user"));
        expect(users(await last.messages())).toEqual(won);
        const said = turns.flatMap(([writer, together], index) =>
          (together ? [writer, (writer + 1) % 3] : [writer]).map((speaker) => `${index} of ${speaker}`),
        );
        expect(users(await last.allMessages()).sort()).toEqual(said.sort());
      }),
      { numRuns: 60 },
    );
  });
});
