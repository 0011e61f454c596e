import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { haveTmux, Tmux } from "../support/tmux.js";
import { ROOT } from "./run.js";

/** A service that answers when the test says so. */
class HeldService {
  readonly prompts: string[] = [];
  #server: Server | undefined;
  #answers: ServerResponse[] = [];

  async start(): Promise<string> {
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      this.prompts.push(JSON.parse(body).messages.at(-1).content);
      response.writeHead(200, { "content-type": "text/event-stream" });
      this.#answers.push(response);
      this.say("begun ");
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  say(content: string): void {
    this.#answers.at(-1)?.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
  }

  end(): void {
    const end = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
    this.#answers.at(-1)?.end(`data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`);
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

describe.runIf(haveTmux())("what is typed at a real terminal", () => {
  let tmux: Tmux;
  let service: HeldService;
  let url: string;

  beforeEach(async () => {
    tmux = new Tmux();
    service = new HeldService();
    url = await service.start();
  });

  afterEach(() => {
    tmux.end();
    service.stop();
  });

  /** Starts a chat; with a service that is held where `held`. */
  async function chat({ held = false, env = "", columns = 80, more = "" } = {}) {
    const own = `HOME=${tmux.folder} XDG_DATA_HOME=${tmux.folder} OLLAMA_HOST=127.0.0.1:9 VLLM_BASE_URL=${url} ${env}`;
    const node = `${process.execPath} ${join(ROOT, "dist/cli/main.js")}`;
    tmux.start(`env ${own} ${node} chat -m ${held ? "vllm/x" : "echo"} ${more}`, { columns });
    await tmux.shows("›");
  }

  test("a paste of several lines is one message, sent at Enter, and never a command", async () => {
    await chat({ held: true });
    const text = "/save stolen\n\trm *.tmp *.bak 日本 👩‍👩‍👧\n/quit\n";
    tmux.paste(text);
    expect(await tmux.shows("… /quit\n…")).toContain("› /save stolen\n…   rm *.tmp *.bak 日本 👩‍👩‍👧\n… /quit\n…");
    expect(service.prompts).toEqual([]);
    tmux.type("Enter");
    await tmux.shows("begun");
    expect(service.prompts).toEqual([text]);
  });

  test("a paste that is not marked is none the less one", async () => {
    await chat({ held: true });
    tmux.paste("/save stolen\n/quit\nrest", false);
    await tmux.shows("› /save stolen\n… /quit\n… rest");
    tmux.type("Enter");
    await tmux.shows("begun");
    expect(service.prompts).toEqual(["/save stolen\n/quit\nrest"]);
  });

  test("lines by quotes, a backslash, Alt-Enter and Shift-Enter; a slash by two", async () => {
    await chat({ held: true });
    const answered = async (shown: string) => {
      await tmux.shows(`${shown}\nbegun`);
      service.end();
      await tmux.shows(/first token.*\n›/);
      tmux.type("C-l");
      await tmux.shows(/^›\s*$/);
    };
    // What comes at once behind an Enter is a paste: who types has seen the next line begin.
    const line = async (text: string, shown: string) => {
      tmux.write(text);
      tmux.type("Enter");
      await tmux.shows(`${shown}\n…`);
    };
    await line('"""one', '› """one');
    await line("two\\", "… two\\");
    tmux.write('/quit"""');
    tmux.type("Enter");
    await answered('› """one\n… two\\\n… /quit"""');
    await line("three\\", "› three");
    tmux.write("four");
    tmux.type("M-Enter");
    tmux.write("five");
    // What kitty, Ghostty and others send for Shift-Enter.
    tmux.write("\u001b[13;2u");
    tmux.write("six");
    tmux.type("Enter");
    await answered("› three\n… four\n… five\n… six");
    tmux.write("//etc is a folder");
    tmux.type("Enter");
    await answered("› //etc is a folder");
    expect(service.prompts).toEqual(["one\ntwo\\\n/quit", "three\nfour\nfive\nsix", "/etc is a folder"]);
  });

  test("Ctrl-C clears, then says how to leave and to come back, then leaves", async () => {
    await chat({ more: "--conversation 'my trip'" });
    tmux.write('"""half typed');
    tmux.type("Enter");
    await tmux.shows('› """half typed\n…');
    tmux.type("C-c");
    tmux.write("whole");
    tmux.type("Enter");
    const answered = await tmux.shows("first token");
    expect(answered).toContain("› whole");
    expect(answered).not.toContain("half typed");
    tmux.type("C-c");
    expect(await tmux.shows("Ctrl-C again leaves")).toContain(
      "sluice chat --conversation 'my trip' goes on with this conversation\n›",
    );
    tmux.type("C-c");
    expect(await tmux.shows("left with 130")).toMatch(/--conversation 'my trip' goes on with this conversation\nleft/);
    // The terminal is the shell's again: what is typed is seen.
    tmux.type("stty -a | grep -ow -e -icanon -e isig", "Enter");
    await tmux.shows("isig");
    expect(tmux.screen).not.toContain("-icanon");
  });

  test("Ctrl-D leaves and says what becomes of the conversation", async () => {
    await chat({ more: "--no-keep" });
    tmux.write("hello");
    tmux.type("Enter");
    await tmux.shows("first token");
    tmux.type("C-d");
    expect(await tmux.shows("left with 0")).toContain("the conversation was not kept");
  });

  test("what is typed while an answer streams is not in it, and stands in the prompt afterwards", async () => {
    await chat({ held: true });
    tmux.write("first");
    tmux.type("Enter");
    await tmux.shows("begun");
    tmux.write("se");
    tmux.type("Up", "Tab", "Left", "x", "BSpace", "Right");
    tmux.write("cond");
    tmux.paste("\nline");
    service.say("and ended.");
    await tmux.shows("begun and ended.");
    service.end();
    expect(await tmux.shows("› second\n… line")).toContain("› first\nbegun and ended.\n");
    tmux.type("Enter");
    await tmux.shows("… line\nbegun");
    service.end();
    await tmux.shows(/begun\n.*first token.*\n›/);
    expect(service.prompts).toEqual(["first", "second\nline"]);
  });

  test("lines that are finished while an answer streams are sent after it; Ctrl-C stops both", async () => {
    await chat({ held: true });
    tmux.write("first");
    tmux.type("Enter");
    await tmux.shows("begun");
    tmux.write("second");
    tmux.type("Enter");
    service.end();
    await tmux.shows(/› second\nbegun/);
    tmux.write("third");
    tmux.type("Enter");
    // What is typed meanwhile is not on the screen; what the service says after it is.
    service.say("and more");
    await tmux.shows("begun and more");
    tmux.write("half");
    tmux.type("C-c");
    const stopped = await tmux.shows("› half");
    expect(stopped).toContain("[stopped]");
    expect(stopped).toContain("not sent: the up arrow brings it back");
    tmux.type("C-c");
    await tmux.shows(/›$/m);
    tmux.type("Up");
    await tmux.shows("› third");
    expect(service.prompts).toEqual(["first", "second"]);
  });

  test("what was entered is there in the next session, for its owner only", async () => {
    await chat();
    tmux.paste("one\ntwo");
    tmux.type("Enter");
    await tmux.shows("first token");
    tmux.write("/title");
    tmux.type("Enter");
    await tmux.shows("title:");
    tmux.write("/keys set openai sk-secret");
    tmux.type("Enter");
    await tmux.shows("error:");
    tmux.type("C-d");
    await tmux.shows("left with");
    const file = readFileSync(join(tmux.folder, "sluice", "history.jsonl"), "utf8");
    expect(file).toBe('{"text":"one\\ntwo","pasted":true}\n{"text":"/title"}\n');
    tmux.type("clear", "Enter");
    await tmux.shows(/^\n*$/);
    await chat2();
    tmux.type("Up");
    await tmux.shows("› /title");
    tmux.type("Up");
    await tmux.shows("› one\n… two");
    tmux.type("C-c", "C-r");
    tmux.write("itl");
    await tmux.shows("search itl: /title");
  });

  async function chat2() {
    const env = `HOME=${tmux.folder} XDG_DATA_HOME=${tmux.folder} OLLAMA_HOST=127.0.0.1:9`;
    tmux.type(`env ${env} ${process.execPath} ${join(ROOT, "dist/cli/main.js")} chat -m echo`, "Enter");
    await tmux.shows("›");
  }

  test("Tab completes commands, models and paths", async () => {
    mkdirSync(join(tmux.folder, "My pictures"));
    writeFileSync(join(tmux.folder, "My pictures", "sea.txt"), "sea");
    await chat({ env: "OPENAI_API_KEY=k" });
    tmux.write("/bra");
    tmux.type("Tab");
    await tmux.shows("› /branches");
    tmux.type("C-u");
    tmux.write("/model openai/gpt-4.1-m");
    tmux.type("Tab");
    await tmux.shows("› /model openai/gpt-4.1-mini");
    tmux.type("C-u");
    tmux.write('/file "~/My');
    tmux.type("Tab");
    await tmux.shows('› /file "~/My pictures/');
    tmux.type("Tab");
    await tmux.shows('› /file "~/My pictures/sea.txt"');
  });

  test("a narrow terminal, one that is resized, and wide characters under the cursor", async () => {
    await chat({ columns: 40 });
    const text = `${"日本語の文章 👩‍👩‍👧 and words ".repeat(4)}end`;
    tmux.write(text);
    await tmux.shows(text);
    tmux.type("Left", "Left", "Left");
    tmux.write("the ");
    for (const columns of [25, 70, 33, 80]) {
      tmux.resize(columns, 24);
      await tmux.shows(`${text.slice(0, -3)}the end`);
    }
    // The family of three is one character under the cursor.
    tmux.type("C-a");
    for (let i = 0; i < 7; i++) tmux.type("Right");
    tmux.type("DC", "BSpace");
    tmux.write("と");
    const changed = text.replace(" 👩‍👩‍👧", "と").replace(/end$/, "the end");
    await tmux.shows(`› ${changed}`);
    expect(tmux.cursor).toMatch(/^16,/);
    tmux.type("Enter");
    const answered = await tmux.shows("first token");
    // tmux joins an emoji only where its parts are written at once, and a model writes them one by one.
    const plain = (shown: string) => shown.replace(/[\s\u200d]/g, "");
    expect(plain(answered).split(plain(changed))).toHaveLength(3);
  });

  test("a terminal that is called dumb", async () => {
    await chat({ env: "TERM=dumb" });
    tmux.write('"""one');
    tmux.type("Enter");
    await tmux.shows("…");
    tmux.write('two"""');
    tmux.type("Enter");
    expect(await tmux.shows("first token")).toContain("one\ntwo\n");
    tmux.type("C-c");
    await tmux.shows("Ctrl-C again leaves");
    tmux.type("C-c");
    await tmux.shows("left with 130");
  });

  test("where stdout is a file, the prompt is not in it", async () => {
    await chat({ more: "> out.txt" });
    tmux.write("hello");
    tmux.type("Enter");
    await tmux.shows("first token");
    tmux.type("C-d");
    await tmux.shows("left with 0");
    expect(readFileSync(join(tmux.folder, "out.txt"), "utf8")).toBe("hello\n");
  });

  test("Ctrl-Z gives the terminal to the shell, and takes it again", async () => {
    await chat();
    tmux.write("half");
    await tmux.shows("› half");
    tmux.type("C-z");
    await tmux.shows(/[Ss]topped/);
    tmux.type("fg", "Enter");
    await tmux.shows(/› half\n*$/);
    tmux.write(" and whole");
    tmux.type("Enter");
    expect(await tmux.shows("first token")).toContain("\nhalf and whole\n");
  });
});
