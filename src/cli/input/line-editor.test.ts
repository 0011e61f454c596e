import fc from "fast-check";
import { expect, test } from "vitest";
import { TerminalScreen } from "../../../test/support/terminal-screen.js";
import type { Reflow } from "../markdown/live-tail.js";
import type { Completions } from "./completion.js";
import { History } from "./history.js";
import { KeyReader } from "./key-reader.js";
import { LineEditor } from "./line-editor.js";

/** An editor on a screen; `type` is one read from its terminal. */
function begin({
  columns = 40,
  rows = 12,
  reflow = "all" as Reflow,
  complete = async (_: string): Promise<Completions | undefined> => undefined,
} = {}) {
  const terminal = new TerminalScreen(columns, rows, reflow === "all");
  const screen = {
    write: (text: string) => terminal.write(text),
    get columns() {
      return terminal.size.columns;
    },
    get rows() {
      return terminal.size.rows;
    },
    reflow,
    cursor: () => terminal.cursor(),
    resize: (columns: number, rows: number) => terminal.resize(columns, rows),
    /** What stands on it, without the blanks at the ends of lines. */
    lines: async () => (await terminal.lines()).map((line) => line.trimEnd()),
  };
  const history = new History();
  const events: string[] = [];
  let now = 0;
  const editor: LineEditor = new LineEditor({
    screen,
    colour: false,
    history,
    complete,
    onInterrupt: () => void events.push(editor.clear() ? "cleared" : "interrupt"),
    onSuspend: () => void events.push("suspend"),
    now: () => now,
  });
  const reader = new KeyReader((keys) => editor.take(keys));
  /** Each is read on its own, a second after the one before. */
  const type = (...reads: string[]) => {
    for (const read of reads) {
      now += 1_000;
      reader.push(read);
    }
  };
  const soon = (read: string) => reader.push(read);
  return { screen, editor, history, events, type, soon };
}

const ESC = "\u001b";
const [UP, DOWN, LEFT] = [`${ESC}[A`, `${ESC}[B`, `${ESC}[D`];
const paste = (text: string) => `${ESC}[200~${text}${ESC}[201~`;

test("a line is entered, and what is on the screen stays", async () => {
  const { screen, editor, type } = begin();
  const entry = editor.next();
  type("h", "ello", "\r");
  expect(await entry).toEqual({ kind: "message", text: "hello" });
  screen.write("answer\r\n");
  void editor.next();
  expect(await screen.lines()).toEqual(["› hello", "answer", "›"]);
});

test.each([
  ['"""', ['"""', "\r", "one", "\r", 'two"""', "\r"], "one\ntwo", ['› """', "… one", '… two"""']],
  ["a backslash", ["one\\", "\r", "two", "\r"], "one\ntwo", ["› one", "… two"]],
  ["Alt-Enter", ["one", `${ESC}\r`, "two", "\r"], "one\ntwo", ["› one", "… two"]],
  ["Shift-Enter", ["one", `${ESC}[13;2u`, "two", "\r"], "one\ntwo", ["› one", "… two"]],
  ["xterm's Shift-Enter", ["one", `${ESC}[27;2;13~`, "two", "\r"], "one\ntwo", ["› one", "… two"]],
  ["a paste", [paste("one\r\ntwo\r"), "\r"], "one\ntwo\n", ["› one", "… two", "…"]],
])("several lines by %s", async (_, reads, text, shown) => {
  const { screen, editor, type } = begin();
  const entry = editor.next();
  type(...reads);
  expect(await entry).toEqual({ kind: "message", text });
  expect(await screen.lines()).toEqual(shown);
});

test("a paste is never a command, also where a terminal does not mark it", async () => {
  for (const reads of [
    [paste("/quit\n/save x\n"), "\r"],
    ["/quit\r/save x\r", "\r"],
    ["/quit\r\n/save x\r\n", "\r"],
    [`${paste("/quit")}\r/save x\r`, "\r"],
  ]) {
    const { editor, type } = begin();
    const entry = editor.next();
    type(...reads);
    const { kind, text } = (await entry) ?? {};
    expect(kind).toBe("message");
    expect(text?.replaceAll("\n\n", "\n").trimEnd()).toBe("/quit\n/save x");
  }
});

test("nothing of a paste is sent before Enter is pressed", async () => {
  const { screen, editor, type, soon } = begin();
  const entry = editor.next();
  type(paste("one\n"));
  type("two\rthree\r");
  soon("four\r");
  expect(await screen.lines()).toEqual(["› one", "… two", "… three", "… four", "…"]);
  soon("\r");
  expect(await entry).toEqual({ kind: "message", text: "one\ntwo\nthree\nfour\n" });
});

test("a paste and the Enter behind it may be read at once", async () => {
  const { editor, type } = begin();
  const entry = editor.next();
  type(`${paste("one\ntwo")}\r`);
  expect(await entry).toEqual({ kind: "message", text: "one\ntwo" });
});

test("lines that were typed before anybody listened, or by a program, are lines", async () => {
  const { editor, type } = begin();
  const entry = editor.next();
  type("one\n/quit\n\u0004");
  expect(await entry).toEqual({ kind: "message", text: "one" });
  expect(await editor.next()).toEqual({ kind: "command", text: "/quit" });
  expect(await editor.next()).toBeUndefined();
});

test("lines of a block may be read at once", async () => {
  const { editor, type } = begin();
  const entry = editor.next();
  type('"""one\rtwo"""\r');
  expect(await entry).toEqual({ kind: "message", text: "one\ntwo" });
});

test("tabs of a paste are kept, and shown as blanks", async () => {
  const { screen, editor, type } = begin();
  const entry = editor.next();
  type(paste("a:\n\tb"), LEFT);
  expect(await screen.lines()).toEqual(["› a:", "…   b"]);
  expect(await screen.cursor()).toEqual({ row: 1, column: 4 });
  type("\r");
  expect(await entry).toEqual({ kind: "message", text: "a:\n\tb" });
});

test("what is typed before it is asked for is not shown, and stands in the prompt afterwards", async () => {
  const { screen, editor, type } = begin();
  type("one\r", "two", `${ESC}\r`, "three");
  screen.write("the answer\r\n");
  expect(await screen.lines()).toEqual(["the answer"]);
  expect(await editor.next()).toEqual({ kind: "message", text: "one" });
  const entry = editor.next();
  expect(await screen.lines()).toEqual(["the answer", "› one", "› two", "… three"]);
  type("\u007f".repeat(5), "3", "\r");
  expect(await entry).toEqual({ kind: "message", text: "two\n3" });
});

test("what waits can be forgotten, and is in the history", async () => {
  const { editor, screen, type } = begin();
  type("one\r", "two\r");
  expect(editor.forget()).toBe(2);
  void editor.next();
  type(UP);
  expect(await screen.lines()).toEqual(["› two"]);
});

test("what was typed before a question is no answer to it", async () => {
  const { editor, screen, type } = begin();
  type("y\r", "half");
  const answer = editor.ask();
  expect(await screen.lines()).toEqual(["›"]);
  type("n\r");
  expect(await answer).toBe("n");
  expect((await editor.next())?.text).toBe("y");
  const next = editor.next();
  type(" typed\r");
  expect((await next)?.text).toBe("half typed");
});

test("Ctrl-C clears what is half written, blocks included; then it is the program's", async () => {
  const { screen, editor, events, type } = begin();
  const entry = editor.next();
  type('"""', "\r", "one", "\r", "two", "\u0003");
  expect(await screen.lines()).toEqual(["›"]);
  type("\u0003");
  expect(events).toEqual(["cleared", "interrupt"]);
  type("\u0019", "\u0003", "three", "\r");
  expect(await entry).toEqual({ kind: "message", text: "three" });
});

test("Ctrl-D leaves an empty prompt, and removes a character of another", async () => {
  const { editor, type } = begin();
  const entry = editor.next();
  type("ab", `${ESC}[H`, "\u0004", "\r");
  expect((await entry)?.text).toBe("b");
  const none = editor.next();
  type("\u0004");
  expect(await none).toBeUndefined();
  expect(await editor.next()).toBeUndefined();
});

test("arrows go through lines, then through what was entered", async () => {
  const { editor, screen, type } = begin();
  const first = editor.next();
  type(paste("/one\ntwo"), "\r");
  await first;
  const second = editor.next();
  type("draft", UP, UP, UP, "x");
  expect((await screen.lines()).slice(2)).toEqual(["› /onxe", "… two"]);
  type(DOWN, DOWN);
  expect((await screen.lines()).slice(2)).toEqual(["› draft"]);
  type(UP, "\r");
  // It was a message because it was pasted: so it is again.
  expect(await second).toEqual({ kind: "message", text: "/one\ntwo" });
});

test("Ctrl-R looks for what was entered", async () => {
  const { editor, history, screen, type } = begin();
  for (const text of ["red fox", "blue bear", "red bear"]) history.add({ text, pasted: false });
  const entry = editor.next();
  type("half", "\u0012", "re", "d");
  expect(await screen.lines()).toEqual(["search red: red bear"]);
  type("\u0012");
  expect(await screen.lines()).toEqual(["search red: red fox"]);
  type("z");
  expect(await screen.lines()).toEqual(["nothing before has redz: red fox"]);
  type("\u0003");
  expect(await screen.lines()).toEqual(["› half"]);
  type("\u0012", "blue", "\r");
  expect((await entry)?.text).toBe("blue bear");
});

test("Tab completes as far as it can, then lists", async () => {
  const names = ["model", "models", "quit"];
  const complete = async (text: string) => ({
    from: 1,
    values: names.filter((name) => name.startsWith(text.slice(1))),
  });
  const { editor, screen, type } = begin({ complete });
  const entry = editor.next();
  type("/m", "\t");
  await new Promise((resolve) => setImmediate(resolve));
  expect(await screen.lines()).toEqual(["› /model"]);
  // Keys that come while it is looked for wait.
  type("\t", "\u0015/q", "\ttrue", "\r");
  expect((await entry)?.text).toBe("/quit true");
  expect(await screen.lines()).toEqual(["model   models", "› /quit true"]);
});

test("Ctrl-C gives up a completion that does not come", async () => {
  const { editor, events, type } = begin({ complete: () => new Promise(() => {}) });
  void editor.next();
  type("/m", "\t", "x", "\u0003");
  expect(events).toEqual(["cleared"]);
});

test("a text above the prompt leaves the prompt whole", async () => {
  const { editor, screen, type } = begin();
  void editor.next();
  type(paste("one\ntwo"), LEFT);
  editor.say("a note\nof two lines");
  expect(await screen.lines()).toEqual(["a note", "of two lines", "› one", "… two"]);
  expect(await screen.cursor()).toEqual({ row: 3, column: 4 });
});

test("what is higher than the screen is shown around the cursor", async () => {
  const { editor, screen, type } = begin({ rows: 6 });
  screen.write("before\r\n");
  const entry = editor.next();
  const text = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n");
  type(paste(text));
  expect(await screen.lines()).toEqual([
    "before",
    "… 26 more rows",
    "… line 26",
    "… line 27",
    "… line 28",
    "… line 29",
  ]);
  type(...Array<string>(29).fill(UP));
  expect(await screen.lines()).toEqual(["before", "› line 0", "… line 1", "… line 2", "… line 3", "… 26 more rows"]);
  type("\r");
  expect((await entry)?.text).toBe(text);
});

/** Text of which xterm knows the widths as we do: it counts emoji otherwise, which the tests in tmux are for. */
const piece = fc.constantFrom("a", "word ", "日本", "é", "e\u0301", "ー", "\t", "x".repeat(13));
const typing = fc.oneof(
  { weight: 6, arbitrary: piece },
  { weight: 2, arbitrary: fc.constantFrom(`${ESC}\r`, LEFT, `${ESC}[C`, UP, DOWN, "\u007f", `${ESC}[H`, `${ESC}[F`) },
  { weight: 1, arbitrary: fc.constantFrom("\u0017", "\u000b", "\u0015", "\u0019", `${ESC}b`, `${ESC}f`, `${ESC}[3~`) },
  { weight: 1, arbitrary: fc.array(piece, { maxLength: 8 }).map((pieces) => paste(pieces.join("\n"))) },
);

test("whatever is typed, the screen shows what will be sent, and the cursor where it is", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(typing, { maxLength: 25 }),
      fc.integer({ min: 8, max: 45 }),
      fc.array(fc.integer({ min: 8, max: 60 }), { maxLength: 3 }),
      fc.constantFrom<Reflow>("all", "but-cursor"),
      async (keys, columns, sizes, reflow) => {
        const { editor, screen, type } = begin({ columns, rows: 60, reflow });
        screen.write("before\r\n");
        const entry = editor.next();
        // What stands before a tab depends on where it is: it is looked at where it is sent.
        type(...keys.map((key) => (key === "\t" ? paste("\t") : key)));
        // xterm.js moves a cursor that stands above lines that are joined.
        if (sizes.length > 0) type(`${ESC}[1;5F`);
        for (const size of sizes) {
          await screen.resize(size, 60);
          editor.resize();
        }
        const cursor = await screen.cursor();
        type("#");
        type("\u007f");
        expect(await screen.cursor()).toEqual(cursor);
        const lines = await screen.lines();
        type("z\r");
        const { text = "" } = (await entry) ?? {};
        const at = lines.indexOf("before");
        const shown = lines.slice(at + 1).map((line) => line.replace(/^[›…] ?/, ""));
        const withoutZ = shown.join("\n").replaceAll(/\s/g, "");
        expect(at).toBe(0);
        expect(text.replaceAll(/\s/g, "").replace("z", "")).toBe(withoutZ);
      },
    ),
    { numRuns: 60 },
  ));

test.each([
  ["ไม่ได้", "ไม่ได", "ไม่ไ"],
  ["नमस्ते", "नमस्त", "नमस्"],
  ["cafe\u0301", "caf", "ca"],
  ["ok👨‍👩‍👧", "ok", "o"],
  ["a漢字", "a漢", "a"],
])("backspace takes away what was typed last of %s", async (written, once, twice) => {
  for (const [strokes, left] of [
    ["\x7f", once],
    ["\x7f\x7f", twice],
  ] as const) {
    const { editor, type } = begin();
    const entry = editor.next();
    type(written, strokes, "\r");
    expect(await entry).toMatchObject({ text: left });
  }
});
