import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import { record } from "./record.js";
import { replay } from "./replay.js";
import { scripted } from "./scripted.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-replay-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const REQUEST: ChatRequest = { messages: [{ role: "user", content: "Hi" }] };
const atOnce = { speed: Number.POSITIVE_INFINITY };
let files = 0;
const newFile = () => join(folder, `${files++}.jsonl`);

/** A file with these lines. */
function fileOf(...lines: string[]): string {
  const file = newFile();
  writeFileSync(file, lines.join("\n"));
  return file;
}

/** The lines of a recorded answer of three words, the header first. */
async function recorded(): Promise<string[]> {
  const file = newFile();
  await record(scripted([["one ", "two ", "three"]]), file).stream(REQUEST).fullText;
  return readFileSync(file, "utf8").trimEnd().split("\n");
}

const failure = (model: ChatModel) => model.stream(REQUEST).fullText.then(String, (error: SluiceError) => error);

describe("a recording whose end is missing", () => {
  test("is truncated, with what is there", async () => {
    const lines = await recorded();
    for (const [count, text] of ["", "", "one ", "one two ", "one two three"].entries()) {
      const cut = fileOf(...lines.slice(0, count + 1), "");
      expect(await failure(replay(cut, atOnce))).toMatchObject({ code: "truncated", partial: { text } });
    }
  });

  test("in the middle of a line too", async () => {
    const [header = "", ...events] = await recorded();
    const cut = fileOf(header, ...events.slice(0, 2), events[2]?.slice(0, -3) ?? "");
    expect(await failure(replay(cut, atOnce))).toMatchObject({ code: "truncated", partial: { text: "one " } });
  });

  test("as it is where the reader left while it was recorded", async () => {
    const file = newFile();
    for await (const text of record(scripted([["one ", "two"]]), file).stream(REQUEST).text) if (text !== "") break;
    expect(await failure(replay(file, atOnce))).toMatchObject({ code: "truncated", partial: { text: "one " } });
  });
});

describe("a damaged recording", () => {
  test.each([
    ["no JSON", '{"t":1,"event":{]', "line 3: not JSON"],
    ["no event", '{"t":1}', "line 3: an event's type: found nothing"],
    ["an event of no known type", '{"t":1,"event":{"type":"nod"}}', 'line 3: an event\'s type: found "nod"'],
    ["no time", '{"event":{"type":"text-delta","text":"x"}}', "line 3: t: a number"],
  ])("with %s is malformed, and says where", async (_what, line, message) => {
    const [header = "", start = "", ...rest] = await recorded();
    const error = await failure(replay(fileOf(header, start, line, ...rest, ""), atOnce));
    expect(error).toMatchObject({ code: "malformed-frame" });
    expect(String(error)).toContain(message);
  });

  test.each([
    ["empty", ""],
    ["white space", "\n\n"],
    ["another format", "\u0000\u0001"],
  ])("%s is refused", async (_what, content) => {
    expect(await failure(replay(fileOf(content), atOnce))).toMatchObject({ code: "invalid-argument" });
  });
});

test("of two answers at once, the one that began last is recorded, whole", async () => {
  const file = newFile();
  const words = ["one ", "two ", "three ", "four "];
  const model = record(scripted([words, words.map((word) => word.toUpperCase())]), file);
  const [first, second] = [model.stream(REQUEST)[Symbol.asyncIterator](), model.stream(REQUEST)];
  await first.next();
  await first.next();
  const text = second.fullText;
  while (!(await first.next()).done);
  expect(await text).toBe("ONE TWO THREE FOUR ");
  expect(await replay(file, atOnce).stream(REQUEST).fullText).toBe("ONE TWO THREE FOUR ");
});

test("an error is recorded and played, after what came before it", async () => {
  const busy = new SluiceError("overloaded", "too much to do", { retryable: true });
  const file = newFile();
  await failure(record(scripted([["one ", { throw: busy }]]), file));
  expect(await failure(replay(file, atOnce))).toMatchObject({
    code: "overloaded",
    message: "too much to do",
    retryable: true,
    partial: { text: "one " },
  });
});

test("the reader leaves in the middle of a pause, which ends with it", async () => {
  const [header = "", start = "", one = "", ...rest] = await recorded();
  const late = (line: string) => line.replace(/"t":[\d.]+/, '"t":60000');
  const clock = new ManualClock();
  const file = fileOf(
    header,
    start.replace(/"t":[\d.]+/, '"t":0'),
    one.replace(/"t":[\d.]+/, '"t":0'),
    ...rest.map(late),
    "",
  );
  const stream = replay(file, { clock, speed: 2 }).stream(REQUEST);
  const failed = stream.fullText.catch((error: unknown) => error);
  await clock.timer(30_000);
  stream.cancel("enough");
  expect(await failed).toMatchObject({ code: "cancelled", partial: { text: "one " } });
  expect(clock.pending).toEqual([]);
});
