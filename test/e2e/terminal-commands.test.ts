import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { haveTmux, Tmux } from "../support/tmux.js";
import { ROOT } from "./run.js";

const SLUICE = `${process.execPath} ${join(ROOT, "dist/cli/main.js")}`;

describe.runIf(haveTmux())("commands at a real terminal", () => {
  let tmux: Tmux;
  const start = (words: string) => {
    const variables = `HOME=${tmux.folder} XDG_DATA_HOME=${tmux.folder} OLLAMA_HOST=127.0.0.1:9 EDITOR=${tmux.folder}/editor`;
    tmux.start(words.replaceAll("sluice ", `env -u SLUICE_DATA ${variables} ${SLUICE} `), { columns: 100, rows: 30 });
  };
  beforeEach(() => {
    tmux = new Tmux();
  });
  afterEach(() => tmux.end());

  test("a question is kept, -c goes on with it, and stdout alone is the answer", async () => {
    start('sluice -m echo "My cat is Tom" && sluice -m echo -c "And my dog?" && sluice conversations list');
    const screen = await tmux.shows("left with 0");
    expect(screen).toContain(`kept in ${tmux.folder}/sluice/conversations.db; sluice -c goes on with the last one`);
    expect(screen.match(/^\d{8}-\d{4}-[0-9a-f]{6} .* My cat is Tom$/gm)).toHaveLength(1);
  });

  test("a key that is typed does not appear", async () => {
    start("sluice keys set openai && sluice keys list");
    await tmux.shows("(it is not shown):");
    tmux.write("sk-0123456789abcdefghij");
    tmux.type("Enter");
    const screen = await tmux.shows("left with 0");
    expect(screen).toContain("OPENAI_API_KEY  sk…ij");
    expect(screen).not.toContain("0123");
    expect(statSync(join(tmux.folder, "sluice", "keys.json")).mode & 0o777).toBe(0o600);
  });

  test("/set, /undo, /branches and /save that asks, and the conversation is gone on with after it was left", async () => {
    const file = join(tmux.folder, "my chat.txt");
    writeFileSync(file, "mine");
    start("sluice chat -m echo; sluice chat -m echo -c");
    await tmux.shows("/help lists commands");
    const enter = async (text: string, shown: string | RegExp) => {
      tmux.write(text);
      tmux.type("Enter");
      return tmux.shows(shown);
    };
    await enter("One", "first token");
    await enter("Two", /first token[\s\S]*first token/);
    await enter("/set temperature 0.5", /temperature +0\.5/);
    await enter("/undo", "taken back: **user**: Two");
    expect(await enter("/branches", "3  **user**: Two")).toContain("* 2  **assistant**: One");
    await enter("/save ~/my\\ chat.txt", "is there: replace it? (y or n)");
    await enter("n", "nothing was saved");
    expect(readFileSync(file, "utf8")).toBe("mine");
    await enter("/save '~/my chat.txt'", /replace it\?[\s\S]*replace it\?/);
    await enter("y", "2 messages are in");
    expect(readFileSync(file, "utf8")).toContain("One");
    tmux.type("C-d");
    await tmux.shows(/conversation \S+: goes on after 2 messages/);
    tmux.type("C-d");
    await tmux.shows("left with 0");
  });

  test("a template is written in the editor that has the terminal", async () => {
    writeFileSync(
      join(tmux.folder, "editor"),
      '#!/bin/sh\nprintf "edit: "; read -r line; printf "%s" "$line" > "$1"\n',
      {
        mode: 0o755,
      },
    );
    start("sluice templates edit joke && sluice ask -q -m echo -t joke");
    await tmux.shows("edit:");
    tmux.write("Tell a joke.");
    tmux.type("Enter");
    expect(await tmux.shows("left with 0")).toContain("\nTell a joke.\n");
    expect(existsSync(join(tmux.folder, "sluice", "templates", "joke.md"))).toBe(true);
  });
});
