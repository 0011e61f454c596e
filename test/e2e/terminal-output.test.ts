import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";
import { screenThatShows } from "../support/tmux.js";
import { ROOT } from "./run.js";

const haveTmux = spawnSync("tmux", ["-V"]).status === 0;
if (!haveTmux) process.stdout.write("skipped: answers in a real terminal: tmux is not installed\n");

describe.runIf(haveTmux)("an answer in a real terminal", () => {
  let folder: string;
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-S", join(folder, "socket"), ...args], { encoding: "utf8" });
  /** What stands on the screen and above it; lines that the terminal broke are one. */
  const screen = () => tmux("capture-pane", "-p", "-J", "-S", "-500", "-t", "ask").trimEnd();

  const shows = (text: string | RegExp) => screenThatShows(text, screen);

  /** Asks in a new terminal, and says `ended` when it is over. */
  function ask(prompt: string, { columns = 80, env = "", model = "echo" } = {}): void {
    const file = join(folder, "prompt.txt");
    writeFileSync(file, prompt);
    const command = `${process.execPath} ${join(ROOT, "dist/cli/main.js")} ask -m ${model} < ${file}; echo ended; sleep 600`;
    const set = `HOME=${folder} TERM=xterm-256color LANG=C.UTF-8 OLLAMA_HOST=127.0.0.1:9 ${env}`;
    tmux(
      "-u",
      "new-session",
      "-d",
      "-s",
      "ask",
      "-x",
      String(columns),
      "-y",
      "20",
      "-c",
      folder,
      `env ${set} sh -c '${command}'`,
    );
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-answer-"));
  });

  afterEach(() => {
    spawnSync("tmux", ["-S", join(folder, "socket"), "kill-server"]);
    rmSync(folder, { recursive: true, force: true });
  });

  test("is drawn as Markdown in forty columns", async () => {
    ask(
      "# Head\n\n1. one *two* three four five six seven eight\n   ```sh\n   rm *.tmp\n   ```\n\n| 漢字 | b |\n|---|---|\n| 😀 | x |\n",
      { columns: 40 },
    );
    const seen = await shows("ended");
    expect(seen).toContain(
      "Head\n\n1. one two three four five six seven\n   eight\n   [sh]\n   rm *.tmp\n\n漢字 │ b\n─────┼──\n😀   │ x\n",
    );
  });

  test.each([
    [80, 45],
    [45, 80],
  ])("that is resized from %i to %i columns loses and doubles nothing", async (from, to) => {
    const words = Array.from({ length: 120 }, (_, index) => `w${index}x`);
    ask(`# Head\n\n- item\n\n${words.join(" ")}\n\n| a | b |\n|---|---|\n| cell | cell |\n`, { columns: from });
    await shows("w40x");
    tmux("resize-window", "-t", "ask", "-x", String(to));
    const seen = await shows("ended");
    expect(seen.match(/w\d+x/g)).toEqual(words);
    expect(seen.match(/Head|item/g)).toEqual(["Head", "item"]);
    expect(seen).toContain("─────┼─────");
  });

  test("that is longer than the screen is all there", async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `- item ${index}`);
    ask(lines.join("\n"));
    const seen = await shows("ended");
    expect(seen.match(/• item \d+/g)).toEqual(lines.map((line) => line.replace("-", "•")));
  });

  test.each(["NO_COLOR=1", "TERM=dumb"])("with %s is the text as it is, without commands", async (env) => {
    ask("# Head\n\n**bold** \u001b]0;stolen\u0007\u001b[2J\n", { env });
    const seen = await shows("ended");
    expect(seen).toContain("# Head\n\n**bold** ␛]0;stolen␇␛[2J\n");
  });

  test("that keeps one waiting says so; a failed call says when it is made again; nothing of that stays", async () => {
    let calls = 0;
    const again = deferred<() => void>();
    const server = createServer((_, response) => {
      calls++;
      if (calls === 1) {
        response.writeHead(503, { "retry-after": "2", "content-type": "application/json" });
        response.end('{"error":{"message":"too many people"}}');
        return;
      }
      again.resolve(() => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        const delta = JSON.stringify({ choices: [{ index: 0, delta: { content: "Here." } }] });
        const end = JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
        response.end(`data: ${delta}\n\ndata: ${end}\n\ndata: [DONE]\n\n`);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      ask("Hi", { model: "openai/gpt-4.1-mini", env: `OPENAI_API_KEY=k OPENAI_BASE_URL=http://127.0.0.1:${port}/v1` });
      expect(await shows("attempt 2 in")).toMatch(/attempt 2 in \d s: \S+: .*too many people/);
      await shows(/connecting \d+ s/);
      (await again.promise)();
      const seen = await shows("ended");
      expect(seen).toMatch(/^.*\nHere\.\nfirst token/);
      expect(seen).not.toMatch(/attempt|connecting|waiting/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
