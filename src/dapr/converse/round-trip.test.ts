import { fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryAnswer } from "../../../test/laws/arbitrary-answer.js";
import { cuts, recut } from "../../../test/laws/recut.js";
import { summarise } from "../../../test/laws/summary.js";
import { call, chunksOf, context, eventsOf } from "../../../test/support/dapr-answers.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SseReader } from "../../stream/framing/sse-reader.js";
import { writeSse } from "../../stream/framing/write-frame.js";
import { ConversationResponseAlpha2Schema } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { ConversationStreamResponseAlpha2Schema } from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { Alpha2ChunkReader } from "./alpha2-chunk-reader.js";
import { collectAnswer } from "./converse-answer.js";
import { readAnswerJson, writeProtoJson } from "./proto-json.js";
import { readAlpha2Response } from "./read-response.js";
import { readAlpha2Frame } from "./read-sse.js";
import { writeAlpha2Response } from "./write-response.js";
import { writeAlpha2Frame } from "./write-sse.js";

const answers = arbitraryAnswer({
  reasoning: true,
  toolCalls: true,
  reasons: ["stop", "length", "content-filter", "refusal", "pause", "budget", "other"],
});

/** Readers of Protobuf may take a byte order mark at the beginning of a text for none of its characters. */
function withoutMark(event: ChatEvent): ChatEvent {
  if (event.type === "tool-input-delta") return { ...event, delta: event.delta.replace(/^\ufeff/, "") };
  if (event.type !== "text-delta" && event.type !== "reasoning-delta") return event;
  return { ...event, text: event.text.replace(/^\ufeff/, "") };
}

describe("a streamed answer comes back as it was", () => {
  test("over gRPC", () => {
    fc.assert(
      fc.property(answers, (events) => {
        const sent = chunksOf(events).map((chunk) => toBinary(ConversationStreamResponseAlpha2Schema, chunk));
        const read = eventsOf(sent.map((bytes) => fromBinary(ConversationStreamResponseAlpha2Schema, bytes)));
        expect(summarise(read)).toEqual(summarise(events.map(withoutMark)));
      }),
    );
  });

  test("where its pieces are halves of characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.integer({ min: 1, max: 3 }), (text, size) => {
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
        for (const type of ["text-delta", "reasoning-delta"] as const) {
          const chunks = chunksOf([
            { type: "start", id: "a", model: "m" },
            ...pieces.map((piece) => ({ type, text: piece })),
            { type: "finish", reason: "stop", usage: {} },
          ]);
          const said = chunks.map(({ responseType: { case: kind, value } }) =>
            kind === "text" || kind === "reasoning" ? value.content : "",
          );
          expect(said.join("")).toBe(text);
          for (const piece of said) expect(encodeURIComponent(piece)).toBeTypeOf("string");
        }
      }),
    );
    const cut = chunksOf([
      { type: "start", id: "a", model: "m" },
      { type: "text-delta", text: "a\ud83d" },
      { type: "finish", reason: "length", usage: {} },
    ]);
    expect(eventsOf(cut).slice(1, 3)).toEqual([
      { type: "text-delta", text: "a" },
      { type: "text-delta", text: "\ufffd" },
    ]);
  });

  test("over server-sent events, however they are cut", () => {
    fc.assert(
      fc.property(answers, cuts, (events, at) => {
        const bytes = new TextEncoder().encode(
          chunksOf(events)
            .map((chunk) => writeSse(writeAlpha2Frame(chunk)))
            .join(""),
        );
        const read: ChatEvent[] = [];
        const reader = new Alpha2ChunkReader({ component: "llm" });
        const framing = new SseReader();
        for (const piece of recut(bytes, at)) {
          framing.push(piece, (frame) => readAlpha2Frame(frame, reader, (event) => read.push(event)));
        }
        expect(summarise(read)).toEqual(summarise(events));
      }),
    );
  });

  test("whole", async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (events) => {
        const stream = scripted([events]).stream({ messages: [{ role: "user", content: "Hi" }] });
        const response = writeAlpha2Response(await collectAnswer(stream, call), context);
        const json = JSON.parse(writeProtoJson(ConversationResponseAlpha2Schema, response));
        const read = summarise(
          readAlpha2Response(readAnswerJson(ConversationResponseAlpha2Schema, json), { component: "llm" }),
        );
        const said = summarise(events);
        // A whole answer has no reasoning, no pieces of arguments and no id, and all its text stands before its calls.
        const text = said.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
        expect(read.parts).toEqual([
          ...(text === "" ? [] : [{ type: "text", text }]),
          ...said.parts.filter(({ type }) => type === "tool-call"),
        ]);
        expect([read.reason, read.usage]).toEqual([said.reason, said.usage]);
      }),
    );
  });
});
