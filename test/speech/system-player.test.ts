import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findPlayer, systemPlayer } from "../../src/speech/talk/system-player.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-player-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that writes down what it is asked and given. */
function install(command: string): void {
  const file = join(folder, command);
  writeFileSync(
    file,
    `#!/bin/sh\necho "$@" > "${folder}/${command}.args"\ncat > "${folder}/${command}.pcm"\ntouch "${folder}/${command}.done"\n`,
  );
  chmodSync(file, 0o755);
}

async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise(setImmediate);
}

describe.skipIf(process.platform === "win32")("the system's player", () => {
  it("is the first that is installed, and says what to install where there is none", () => {
    expect(findPlayer(folder)).toBeUndefined();
    expect(() => systemPlayer({ path: folder })).toThrow(
      expect.objectContaining({ code: "unsupported", message: expect.stringContaining("aplay") }),
    );
    install("ffplay");
    expect(findPlayer(folder)).toBe("ffplay");
    install("aplay");
    expect(findPlayer(folder)).toBe("aplay");
  });

  it("is given samples and their rate, and another is started for another rate", async () => {
    const player = systemPlayer({ path: folder, command: "aplay" });
    await player.write(new Uint8Array([1, 2, 3, 4]), 16_000);
    await player.write(new Uint8Array([5, 6]), 8_000);
    await appears(join(folder, "aplay.done"));
    await player.drained();
    player.stop();
    expect(readFileSync(join(folder, "aplay.args"), "utf8")).toContain("-f S16_LE -r");
  });

  it("is ended when it is to be silent, and started again with what comes next", async () => {
    rmSync(join(folder, "ffplay.done"), { force: true });
    const player = systemPlayer({ path: folder, command: "ffplay" });
    const writing = player.write(new Uint8Array(64_000), 16_000);
    await appears(join(folder, "ffplay.pcm"));
    player.stop();
    await writing;
    expect(player.playedMs).toBeLessThan(2_000);
    expect(existsSync(join(folder, "ffplay.done"))).toBe(false);
    rmSync(join(folder, "ffplay.pcm"), { force: true });
    await player.write(new Uint8Array(320), 16_000);
    await appears(join(folder, "ffplay.pcm"));
    player.stop();
  });
});
