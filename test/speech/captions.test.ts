import { expect, it } from "vitest";
import { Captions } from "../../src/speech/captions/captions.js";
import { speak } from "../../src/speech/pipeline/speak.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { TestVoice } from "./test-voice.js";

async function captionsOf(text: string, marks: boolean): Promise<Captions> {
  const events: ChatEvent[] = [
    { type: "start", id: "1", model: "test" },
    { type: "text-delta", text },
    { type: "finish", reason: "stop", usage: {} },
  ];
  const captions = new Captions();
  const spoken = speak(ChatStream.from(events), {
    voice: new TestVoice({ marks }),
    sentenceBufferSize: 1,
    minChunkLength: 0,
  });
  for await (const event of spoken) captions.push(event);
  return captions;
}

it.each([true, false])("captions follow the audio, with the voice's times of words or without (%s)", async (marks) => {
  const captions = await captionsOf("Hello there. Is 1 < 2?", marks);
  expect(captions.text("vtt")).toBe(
    "WEBVTT\n\n00:00:00.000 --> 00:00:00.600\nHello there.\n\n00:00:00.600 --> 00:00:01.050\nIs 1 &lt; 2?\n",
  );
  expect(captions.text("srt")).toBe(
    "1\n00:00:00,000 --> 00:00:00,600\nHello there.\n\n2\n00:00:00,600 --> 00:00:01,050\nIs 1 < 2?\n",
  );
});

it("long sentences have several captions", async () => {
  const text = `${"word ".repeat(40)}end.`;
  const cues = (await captionsOf(text, true)).text("srt").split("\n\n");
  expect(cues.length).toBe(3);
  expect(
    cues
      .map((cue) => cue.split("\n")[2])
      .join(" ")
      .trim(),
  ).toBe(text);
});
