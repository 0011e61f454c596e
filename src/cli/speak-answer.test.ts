import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { TestVoice } from "../../test/speech/test-voice.js";
import { runInProcess } from "../../test/support/run-in-process.js";
import { uuid } from "../base/uuid.js";
import { scripted } from "../models/scripted.js";
import { readWav } from "../speech/audio/wav.js";
import { textOf } from "../stream/message.js";
import { ChatSession } from "./chat-session.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-spoken-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A player that keeps what it is given. */
function installPlayer(): string {
  const heard = join(folder, `heard-${uuid()}.pcm`);
  const bin = mkdtempSync(join(folder, "bin-"));
  const file = join(bin, "aplay");
  writeFileSync(file, `#!/bin/sh\nexec /bin/cat >> "${heard}"\n`);
  chmodSync(file, 0o755);
  return bin;
}

function begin(pieces: readonly string[], env: Record<string, string>, output?: string) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdin: new PassThrough(), stdout, stderr, env, onInterrupt: () => () => {} };
  const voice = new TestVoice();
  const model = scripted([pieces, ["Bye."]]);
  const session = new ChatSession({ model, speech: { voice, ...(output !== undefined && { output }) } }, io);
  const read = (stream: PassThrough) => String(stream.read() ?? "");
  return { session, model, answer: () => read(stdout), notes: () => read(stderr) };
}

describe.skipIf(process.platform === "win32")("a chat with a voice", () => {
  it("shows the whole text, plays it, and says how much was spoken", async () => {
    const { session, answer, notes } = begin(["Hi the", "re."], { PATH: installPlayer() });
    expect(await session.say("Hello")).toBeUndefined();
    expect(answer()).toBe("Hi there.\n");
    expect(notes()).toMatch(/^1 sentence · 0\.5 of 0\.5 s of audio · first audio \d+ ms\nfirst token/);
    await session.close();
  });

  it("is silent when it is interrupted, and remembers what was heard", async () => {
    const text =
      "One two three four five six seven eight nine ten. And here is another sentence that nobody will hear.";
    const { session, model, answer, notes } = begin([text], { PATH: installPlayer() });
    const said = session.say("Count.");
    let shown = "";
    while (!shown.includes("nobody will hear.\n")) {
      await new Promise(setImmediate);
      shown += answer();
    }
    expect(session.interrupt()).toBe(true);
    expect(await said).toMatchObject({ code: "cancelled" });
    expect(notes()).toMatch(/\[heard: .*\]\n\[stopped\]/s);
    await session.say("Go on.");
    const stored = (await session.conversation.messages()).map(({ message }) => textOf(message));
    expect(stored.at(-1)).toBe("Bye.");
    // The text is there before its audio is heard, so next to nothing was.
    expect(stored.slice(0, -1).join("|").length).toBeLessThan(40);
    expect(model.requests[1]?.messages.map(textOf).join("|")).not.toContain("nobody");
    await session.close();
  });

  it("writes files where nothing can play, and says where", async () => {
    const { session, notes } = begin(["Hi there."], { PATH: folder }, join(folder, "out"));
    await session.say("Hello");
    const path = /audio: (.*)\n/.exec(notes())?.[1] ?? "";
    expect(existsSync(path)).toBe(true);
    expect(readWav(readFileSync(path))).toMatchObject({ sampleRate: 1_000, channels: 1 });
    await session.close();
  });

  it("is asked for by an option, whose voice has to exist", async () => {
    const env = { PATH: folder };
    const spoken = await runInProcess(
      ["chat", "-m", "echo", "-v", "flite/kal16", "-o", join(folder, "chat")],
      env,
      "Hi.\n",
    );
    expect(spoken.code, spoken.stderr).toBe(0);
    expect(spoken.stderr).toMatch(/1 sentence · \d\.\d s of audio/);
    const refused = await runInProcess(["chat", "-m", "echo", "-v", "flit"], env, "Hi.\n");
    expect(refused.stderr).toContain("flite");
    expect(refused.code).not.toBe(0);
  });
});
