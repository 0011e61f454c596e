import { describe, expect, it, onTestFinished } from "vitest";
import { encodeBase64 } from "../../src/base/base64.js";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import { Resampler } from "../../src/speech/audio/resampler.js";
import { flite } from "../../src/speech/voices/flite/flite.js";
import { textOf } from "../../src/stream/message.js";
import { TestVoice } from "../speech/test-voice.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { beginSession, bytesOf, transcriberOf } from "./realtime-client.js";

describe("audio over the Realtime protocol", () => {
  it("speaks, with a transcript that goes with the audio", async () => {
    const client = await beginSession(scripted([["One two. ", "Three."]]));
    client.say("Count.");
    client.send({ type: "response.create" });
    const { response } = await client.next("response.done");
    expect(response.output).toMatchObject([{ content: [{ type: "output_audio", transcript: "One two. Three." }] }]);
    // 14 characters of 50 ms each at 24,000 samples of two bytes.
    expect(bytesOf(client.events)).toBe((14 * 50 * 24_000 * 2) / 1_000);
    const deltas = client.events.flatMap((event) =>
      event.type === "response.output_audio_transcript.delta" ? [event.delta] : [],
    );
    expect(deltas.join("")).toBe("One two. Three.");
    expect(client.types().indexOf("response.output_audio_transcript.delta")).toBeLessThan(
      client.types().indexOf("response.output_audio.delta"),
    );
  });

  it("takes audio, committed by hand", async () => {
    const model = scripted([["Fine."]]);
    const writer = transcriberOf("How are you?");
    const client = await beginSession(model, { transcriber: writer, voiceActivity: false });
    client.send({ type: "input_audio_buffer.commit" });
    expect((await client.next("error")).error).toMatchObject({ code: "input_audio_buffer_commit_empty" });
    const audio = encodeBase64(new Uint8Array(24_000 * 2));
    for (let at = 0; at < audio.length; at += 4_001) {
      // Pieces of base64 are whole quads; those of samples need not be.
      client.send({
        type: "input_audio_buffer.append",
        audio: audio.slice(at - (at % 4), Math.min(audio.length, at + 4_001 - ((at + 4_001) % 4))),
      });
    }
    client.send({ type: "input_audio_buffer.commit" });
    client.send({ type: "response.create" });
    const { item_id } = await client.next("input_audio_buffer.committed");
    expect(await client.next("conversation.item.input_audio_transcription.completed")).toMatchObject({
      item_id,
      transcript: "How are you?",
    });
    expect((await client.next("response.done")).response.status).toBe("completed");
    expect(model.requests[0]?.messages).toEqual([{ role: "user", content: "How are you?" }]);
    expect(writer.heard[0]).toBeGreaterThan(15_000 * 2);
    expect(writer.heard[0]).toBeLessThanOrEqual(16_000 * 2);
  });

  it("finds turns by voice activity, and is interrupted by one", async () => {
    const voice = flite({ workers: 1 });
    onTestFinished(() => voice.close?.());
    const spoken = Buffer.concat(
      (await collect(voice.synthesize("What is the weather like in the mountains today?"))).map(({ data }) => data),
    );
    const gate = deferred();
    const model = defineModel({
      id: "slow",
      async *stream(request) {
        const first = request.messages.length === 1;
        yield first ? "It is fine in the mountains today. And in the valley" : "Good.";
        if (first) await gate.promise;
      },
    });
    const client = await beginSession(model, {
      transcriber: transcriberOf("What is the weather like?", "Stop."),
      voice: new TestVoice(),
    });
    const upsampled = new Resampler(16_000, 24_000).push(spoken);
    const silence = new Uint8Array(24_000 * 2);
    const speakInto = () => {
      for (const part of [upsampled, silence])
        client.send({ type: "input_audio_buffer.append", audio: encodeBase64(part) });
    };
    speakInto();
    const started = await client.next("input_audio_buffer.speech_started");
    const stopped = await client.next("input_audio_buffer.speech_stopped");
    expect(stopped.item_id).toBe(started.item_id);
    expect(stopped.audio_end_ms - started.audio_start_ms).toBeGreaterThan(1_500);
    const { item_id } = await client.next("response.output_audio.delta");
    speakInto();
    expect((await client.next("response.done")).response).toMatchObject({
      status: "cancelled",
      status_details: { type: "cancelled", reason: "turn_detected" },
    });
    client.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms: 300 });
    expect((await client.next("response.done")).response).toMatchObject({ status: "completed" });
    await client.next("conversation.item.truncated");
    gate.resolve();
  });

  it("asks the model for no more than a client that does not read can take", async () => {
    let made = 0;
    const model = defineModel({
      id: "endless",
      async *stream() {
        for (;;) {
          made++;
          yield "word ".repeat(20_000);
          await new Promise(setImmediate);
        }
      },
    });
    const client = await beginSession(model);
    client.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
    client.say("Go.");
    client.send({ type: "response.create" });
    await client.next("response.output_text.delta");
    client.socket.socket.pause();
    // What fills the buffers of the connection; then nothing more is asked for.
    for (let same = 0, before = -1; same < 2_000; before = made) {
      await new Promise(setImmediate);
      same = before === made ? same + 1 : 0;
    }
    expect(made * 100_000).toBeLessThan(64 * 1_024 * 1_024);
    client.socket.socket.resume();
    client.send({ type: "response.cancel" });
    expect((await client.next("response.done")).response.status).toBe("cancelled");
  });

  it("answers what a cough kept from being answered", async () => {
    const voice = flite({ workers: 1 });
    onTestFinished(() => voice.close?.());
    const audio = await collect(voice.synthesize("What is the weather like in the mountains today?"));
    const upsampled = new Resampler(16_000, 24_000).push(Buffer.concat(audio.map(({ data }) => data)));
    const silence = new Uint8Array(24_000 * 2);
    let asked = 0;
    const model = defineModel({
      id: "thoughtful",
      async *stream(_request, { signal }) {
        // The first answer is being thought about for as long as nobody coughs.
        if (asked++ === 0) await new Promise((resolve) => signal.addEventListener("abort", resolve));
        yield "It is fine.";
      },
    });
    const client = await beginSession(model, { transcriber: transcriberOf("What is the weather like?", "") });
    const speakInto = () => {
      for (const part of [upsampled, silence])
        client.send({ type: "input_audio_buffer.append", audio: encodeBase64(part) });
    };
    speakInto();
    await client.next("response.created");
    while (asked === 0) await new Promise(setImmediate);
    speakInto();
    expect((await client.next("response.done")).response).toMatchObject({ status: "cancelled" });
    expect((await client.next("response.done")).response).toMatchObject({ status: "completed" });
  });

  it("truncates what was not heard, to the word", async () => {
    const model = scripted([["One two three four five."], ["Six."]]);
    const client = await beginSession(model);
    client.say("Count.");
    client.send({ type: "response.create" });
    const { item_id } = await client.next("response.output_audio.delta");
    await client.next("response.done");
    const truncate = (audio_end_ms: number) =>
      client.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms });
    // All of it was heard: nothing is lost.
    truncate(1_200);
    await client.next("conversation.item.truncated");
    client.send({ type: "conversation.item.retrieve", item_id });
    expect((await client.next("conversation.item.retrieved")).item).toMatchObject({
      content: [{ transcript: "One two three four five." }],
    });
    truncate(99_000);
    expect((await client.next("error")).error).toMatchObject({ param: "audio_end_ms" });
    // "One two three" ends at 13 characters of 50 ms.
    truncate(700);
    expect(await client.next("conversation.item.truncated")).toMatchObject({ item_id, audio_end_ms: 700 });
    client.send({ type: "conversation.item.retrieve", item_id });
    expect((await client.next("conversation.item.retrieved")).item).toMatchObject({
      content: [{ transcript: "One two three" }],
    });
    truncate(0);
    await client.next("conversation.item.truncated");
    client.say("Go on.");
    client.send({ type: "response.create" });
    await client.next("response.done");
    // Nothing of the answer was heard, so it was not said.
    expect(model.requests[1]?.messages.map(textOf)).toEqual(["Count.", "Go on."]);
  });
});
