import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ROOT } from "./run.js";

const haveTmux = spawnSync("tmux", ["-V"]).status === 0;
if (!haveTmux) process.stdout.write("skipped: the chat in a real terminal: tmux is not installed\n");

describe.runIf(haveTmux)("sluice chat in a real terminal", () => {
  let folder: string;
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-S", join(folder, "socket"), ...args], { encoding: "utf8" });
  const screen = () => tmux("capture-pane", "-p", "-J", "-t", "chat").replaceAll("\u200b", "");

  /** The screen once it shows something: there is no event for that but looking. */
  async function shows(text: string): Promise<string> {
    let seen = "";
    const look = () => {
      seen = screen();
      return seen;
    };
    await expect.poll(look).toContain(text);
    return seen;
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "sluice-terminal-"));
    const command = `${process.execPath} ${join(ROOT, "dist/cli/main.js")} chat -m echo`;
    tmux("new-session", "-d", "-s", "chat", "-x", "80", "-y", "24", "-c", folder, `${command}; sleep 60`);
    await shows("› ");
  });

  afterEach(() => {
    tmux("kill-server");
    rmSync(folder, { recursive: true, force: true });
  });

  test("a paste of several lines is one message, sent at Enter, and never a command", async () => {
    const file = join(folder, "paste.txt");
    writeFileSync(file, "/save stolen\nrm *.tmp *.bak\n/quit\n");
    tmux("load-buffer", file);
    tmux("paste-buffer", "-p", "-t", "chat");
    const pasted = await shows("/quit↵");
    expect(pasted).toContain("/save stolen↵rm *.tmp *.bak↵/quit↵");
    expect(pasted).not.toContain("first token");
    tmux("send-keys", "-t", "chat", "Enter");
    const answered = await shows("first token");
    expect(answered).toContain("/save stolen\nrm *.tmp *.bak\n/quit\n");
    expect(answered).not.toContain("saved");
  });

  test("Ctrl-C clears a line that is half typed; Ctrl-D leaves", async () => {
    tmux("send-keys", "-t", "chat", "half typed");
    await shows("half typed");
    tmux("send-keys", "-t", "chat", "C-c");
    tmux("send-keys", "-t", "chat", "whole", "Enter");
    const answered = await shows("first token");
    expect(answered).toContain("› whole");
    expect(answered).not.toContain("half typed");
  });
});
