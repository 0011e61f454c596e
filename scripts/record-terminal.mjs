// `npm run record:terminal`: plays a chat in a real terminal (tmux) and draws what stood on its screen as docs/images/terminal.svg.
// It talks to echo, the model that says back what one says, so that it needs no key and anybody can make it again.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { build, install, root } from "./setup.mjs";
import { animation } from "./terminal-svg.mjs";

const [COLUMNS, ROWS] = [96, 24];
const SOCKET = `sluice-recording-${process.pid}`;
const EVERY_MS = 60;

/** What is typed; each line is waited for until the screen is quiet. */
const PLAY = [
  { type: "sluice ask --quiet < plan.md" },
  { type: "clear" },
  { type: "sluice chat" },
  { type: "A **sluice** lets a *stream* through." },
  { type: "/stats" },
];

/** What is asked first, and comes back: an answer as models write them. */
const PLAN = `## Opening a sluice

1. Raise the **gate** a little:
   \`\`\`sh
   sluice chat --model ollama/qwen3
   \`\`\`
2. Watch the *stream*, see [the guide](https://example.org).

| gate  | opening | words a second |
|:------|:-------:|---------------:|
| upper | 10 %    | 40             |
| lower | 25 %    | 1,200          |
`;

install();
build();
const home = mkdtempSync(join(tmpdir(), "sluice-recording-"));
const frames = [];
const began = performance.now();
try {
  const command = join(home, "sluice");
  writeFileSync(command, `#!/bin/sh\nexec ${process.execPath} ${join(root, "dist/cli/main.js")} "$@"\n`, {
    mode: 0o755,
  });
  writeFileSync(join(home, "plan.md"), PLAN);
  const env = `env -i TERM=xterm-256color LANG=C.UTF-8 HOME=${home} PATH=${home}:/usr/bin:/bin OLLAMA_HOST=127.0.0.1:9 PS1='$ '`;
  tmux("new-session", "-d", "-x", String(COLUMNS), "-y", String(ROWS), "-c", home, `${env} sh`);
  await rest(400);
  for (const { type } of PLAY) {
    for (const letter of type) {
      tmux("send-keys", "-l", letter);
      await rest(EVERY_MS);
    }
    tmux("send-keys", "Enter");
    await quiet();
  }
  await rest(2_000);
} finally {
  tmux("kill-server");
  rmSync(home, { recursive: true, force: true });
}
const folder = join(root, "docs", "images");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "terminal.svg"), animation(frames, { columns: COLUMNS, rows: ROWS }));
process.stderr.write(`docs/images/terminal.svg: ${frames.length} screens\n`);

function tmux(...args) {
  const { status, stdout, stderr } = spawnSync("tmux", ["-L", SOCKET, ...args], { encoding: "utf8" });
  if (status !== 0 && args[0] !== "kill-server") throw new Error(`tmux ${args[0]}: ${stderr}`);
  return stdout;
}

/** Takes the screen where it has changed. */
function take() {
  const screen = tmux("capture-pane", "-e", "-p");
  if (screen === frames.at(-1)?.screen) return false;
  frames.push({ screen, atMs: performance.now() - began });
  return true;
}

async function rest(ms) {
  const until = performance.now() + ms;
  do {
    take();
    await pause(EVERY_MS);
  } while (performance.now() < until);
}

/** Until the prompt is there again and nothing has changed for a second and a half. */
async function quiet() {
  let last = performance.now();
  while (
    performance.now() - last < 1_500 ||
    !frames
      .at(-1)
      ?.screen.trimEnd()
      .split("\n")
      .at(-1)
      ?.match(/[›$]\s*$|›/)
  ) {
    if (take()) last = performance.now();
    await pause(EVERY_MS);
  }
}
