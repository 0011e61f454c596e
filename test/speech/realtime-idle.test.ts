import { expect, test } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/base/base64.js";
import type { JsonObject } from "../../src/base/json.js";
import { scripted } from "../../src/models/scripted.js";
import type { VoiceDetector } from "../../src/speech/listen/voice-detector.js";
import { RealtimeSession } from "../../src/speech/realtime/realtime-session.js";
import { textOf } from "../../src/stream/message.js";
import { ManualClock } from "../support/manual-clock.js";
import { TestVoice } from "./test-voice.js";

/** Somebody speaks where samples are not 0. */
const detector = (): VoiceDetector => ({
  sampleRate: 16_000,
  frameBytes: 960,
  frameMs: 30,
  isSpeech: (frame) => frame.some((byte) => byte !== 0),
  close() {},
});

test("a user who says nothing after an answer was heard is spoken to again, once", async () => {
  const model = scripted([["Hello."], ["Are you there?"], ["Fine."]]);
  const clock = new ManualClock();
  const events: JsonObject[] = [];
  let wake = () => {};
  const session = new RealtimeSession({
    model: "m",
    voice: () => ({ name: "v", voice: new TestVoice() }),
    answer: async (request) => model.stream(request),
    transcriber: { id: "t", transcribe: async () => "I am here" },
    detector,
    clock,
    send: async (event) => {
      events.push(event);
      wake();
    },
  });
  const settled = async (type: string, count: number) => {
    while (events.filter((event) => event.type === type).length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  const sound = (ms: number, value: number) =>
    session.receive({
      type: "input_audio_buffer.append",
      audio: encodeBase64(new Uint8Array(48 * ms).fill(value)),
    });
  const timeouts = () => events.filter(({ type }) => type === "input_audio_buffer.timeout_triggered");
  session.receive({
    type: "session.update",
    session: { type: "realtime", audio: { input: { turn_detection: { type: "server_vad", idle_timeout_ms: 5_000 } } } },
  });
  expect(events.at(-1)).toMatchObject({
    session: { audio: { input: { turn_detection: { idle_timeout_ms: 5_000 } } } },
  });
  // Before the first answer nobody is waited for.
  sound(20_000, 0);
  expect(timeouts()).toEqual([]);
  const content = [{ type: "input_text", text: "Hi" }];
  session.receive({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  session.receive({ type: "response.create" });
  await settled("response.done", 1);
  await new Promise(setImmediate);
  // What is spoken must be heard first: no time has passed on the session's clock.
  const spokenMs = events.reduce((ms, { delta, type }) => {
    return type === "response.output_audio.delta" ? ms + decodeBase64(String(delta)).length / 48 : ms;
  }, 0);
  expect(spokenMs).toBeGreaterThan(100);
  sound(5_000, 0);
  expect(timeouts()).toEqual([]);
  sound(spokenMs + 20, 0);
  const [{ audio_start_ms: from, audio_end_ms: to } = {}, ...more] = timeouts();
  expect(more).toEqual([]);
  // Samples at 16,000 a second, of those at 24,000.
  expect(Math.abs(Number(from) - 20_000 - spokenMs)).toBeLessThan(2);
  expect(Math.abs(Number(to) - 25_020 - spokenMs)).toBeLessThan(2);
  await settled("response.done", 2);
  expect(model.requests[1]?.messages.map(textOf)).toEqual(["Hi", "Hello.", "(5 seconds of silence)"]);
  expect(events.filter(({ type }) => type === "input_audio_buffer.committed")).toHaveLength(1);
  // Who speaks in time is not spoken to for silence.
  sound(2_000, 0);
  sound(900, 99);
  sound(900, 0);
  await settled("response.done", 3);
  expect(timeouts()).toHaveLength(1);
  session.close();
});
