import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runInProcess } from "../../../test/support/run-in-process.js";
import { readWav } from "../../speech/audio/wav.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-speak-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("sluice speak", () => {
  it("writes files, and their paths to stdout", async () => {
    const { code, stdout, stderr } = await runInProcess(
      ["speak", "-v", "flite", "-o", folder, "Hello there.", "How are you doing?"],
      {},
    );
    expect(code, stderr).toBe(0);
    const paths = stdout.trim().split("\n");
    expect(paths.map((path) => path.split("/").at(-1))).toEqual(["chunk_001.wav", "chunk_002.wav", "speech.wav"]);
    expect(readWav(readFileSync(paths.at(-1) ?? ""))).toMatchObject({ sampleRate: 16_000, channels: 1 });
    expect(stderr).toMatch(/2 sentences · \d\.\d s of audio · first audio \d+ ms\n$/);
  });

  it("speaks what comes on stdin", async () => {
    const { code, stdout, stderr } = await runInProcess(
      ["speak", "-q", "-o", folder, "-v", "flite/kal16"],
      {},
      "One sentence here.\n",
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/chunk_001\.wav\n.*speech\.wav\n$/);
    expect(stderr).toBe("");
  });

  it("refuses nothing to speak, and voices that it does not know", async () => {
    expect((await runInProcess(["speak", "-o", folder, "-v", "flite"], {}, " ")).stderr).toContain(
      "there is no text: give it as an argument or on stdin",
    );
    const { code, stderr } = await runInProcess(["speak", "-v", "flit", "Hi"], {});
    expect(code).not.toBe(0);
    expect(stderr).toContain("flite");
  });
});
