import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { CallOptions, ChatModel } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { SluiceError } from "../../src/stream/error.js";
import { collect } from "../support/collect.js";
import { textOfEvents } from "./summary.js";

/** A model to put through the laws. */
export interface ModelUnderTest {
  model: ChatModel;
  /** A request that it answers with at least two events beside start and finish, some of them text. */
  request?: ChatRequest;
  options?: CallOptions;
  /** Law 6: whether its answers are whole before they begin. Default false. */
  simulated?: boolean;
  /** Resolves once the model's upstream (socket, generator, process) is known to be closed. */
  upstreamClosed?: () => Promise<unknown>;
  /** Frees what `make` opened. */
  close?: () => Promise<void> | void;
}

const REQUEST: ChatRequest = { messages: [{ role: "user", content: "Say three words." }] };

/** Puts a model through the laws of the stream. `make` gives a fresh one for each test. */
export function modelLaws(name: string, make: () => ModelUnderTest | Promise<ModelUnderTest>): void {
  const law = (title: string, check: (under: Prepared) => Promise<void>) =>
    test(title, async () => {
      const under = await make();
      try {
        const { model, request = REQUEST, options } = under;
        await check({ ...under, open: (more) => model.stream(request, { ...options, ...more }) });
      } finally {
        await under.close?.();
      }
    });

  describe(`the laws of the stream hold for ${name}`, () => {
    law("1: it begins with start and ends with exactly one finish", async ({ open }) => {
      const events = await collect(open());
      expect(events[0]?.type).toBe("start");
      expect(events.filter((event) => event.type === "finish")).toHaveLength(1);
      expect(events.at(-1)?.type).toBe("finish");
    });

    law("2: the deltas joined are the full text, and nothing is said twice", async ({ open }) => {
      const stream = open();
      const events = await collect(stream);
      const text = textOfEvents(events);
      expect(text).not.toBe("");
      expect(await stream.fullText).toBe(text);
      expect(await open().fullText).toBe(text);
      expect((await collect(open().text)).join("")).toBe(text);
    });

    law("2: the promises agree with the finish event", async ({ open }) => {
      const stream = open();
      const finish = (await collect(stream)).at(-1) as ChatEvent & { type: "finish" };
      expect(await stream.finishReason).toBe(finish.reason);
      expect(await stream.usage).toEqual(finish.usage);
    });

    law("5: leaving the loop closes the upstream, and usage resolves", async ({ open, upstreamClosed }) => {
      const stream = open();
      for await (const event of stream) if (event.type === "text-delta") break;
      expect(await stream.usage).toBeTypeOf("object");
      await upstreamClosed?.();
      const [full] = await Promise.allSettled([stream.fullText]);
      // Where all of it had arrived in the same read, all of it is known.
      if (full.status === "rejected") expect(full.reason).toMatchObject({ code: "cancelled" });
      else expect(full.value).toBe(await open().fullText);
    });

    law("5: cancel() ends a reader that waits, with what had arrived", async ({ open, upstreamClosed }) => {
      const stream = open();
      const reader = stream[Symbol.asyncIterator]();
      await reader.next();
      stream.cancel("enough");
      const end = await reader.next().catch((error: unknown) => error);
      expect(end).toBeInstanceOf(SluiceError);
      expect(end).toMatchObject({ code: "cancelled", cause: "enough" });
      expect((end as SluiceError).partial).toBeDefined();
      expect(await stream.usage).toBeTypeOf("object");
      await upstreamClosed?.();
    });

    law("5: an aborted signal ends it, before and during", async ({ open, upstreamClosed }) => {
      await expect(open({ signal: AbortSignal.abort("early") }).fullText).rejects.toMatchObject({
        code: "cancelled",
        cause: "early",
      });
      const controller = new AbortController();
      const stream = open({ signal: controller.signal });
      const reader = stream[Symbol.asyncIterator]();
      await reader.next();
      controller.abort("late");
      expect(await drainError(reader)).toMatchObject({ code: "cancelled", cause: "late" });
      await upstreamClosed?.();
    });

    law("6: it says whether it is simulated", async ({ open, simulated = false }) => {
      const start = (await collect(open()))[0];
      expect(start?.type === "start" && start.simulated === true).toBe(simulated);
    });
  });
}

interface Prepared extends ModelUnderTest {
  open: (more?: CallOptions) => ReturnType<ChatModel["stream"]>;
}

async function drainError(reader: AsyncIterator<ChatEvent, undefined>): Promise<SluiceError> {
  try {
    while (!(await reader.next()).done);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("the stream was not ended by an error");
}
