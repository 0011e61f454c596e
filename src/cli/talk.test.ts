import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { deferred } from "../../test/support/deferred.js";
import { defineModel } from "../models/define-model.js";
import { scripted } from "../models/scripted.js";
import type { ChatModel } from "../stream/chat-model.js";
import { ChatSession } from "./chat-session.js";
import type { EndSignal } from "./io.js";
import { talk } from "./talk.js";

/** A chat at a terminal of the test's; `seen` resolves once something was written to it. */
function begin(model: ChatModel) {
  let signal: (signal: EndSignal) => void = () => {};
  let text = "";
  let watchers: (() => void)[] = [];
  const screen = () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
    stream.on("data", (chunk) => {
      text += chunk;
      const told = watchers;
      watchers = [];
      for (const watcher of told) watcher();
    });
    return stream;
  };
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const io = {
    stdin,
    stdout: screen(),
    stderr: screen(),
    env: { SLUICE_HISTORY: "0", NO_COLOR: "1" },
    onInterrupt: (handler: (signal: EndSignal) => void) => {
      signal = handler;
      return () => {};
    },
  };
  const seen = async (wanted: string) => {
    while (!text.includes(wanted)) await new Promise<void>((resolve) => watchers.push(resolve));
    text = text.slice(text.indexOf(wanted) + wanted.length);
  };
  const session = new ChatSession({ model }, io);
  const over = talk(session, io, "sluice chat");
  return {
    over,
    seen,
    session,
    type: (keys: string) => void stdin.write(keys),
    signal: (one: EndSignal) => signal(one),
  };
}

/** A model that begins to answer and then waits until it is stopped. */
function held(): ChatModel {
  return defineModel({
    id: "held",
    async *stream(_, { signal }) {
      yield { type: "text-delta", text: "begun", block: 0 };
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  });
}

test("Ctrl-C stops an answer; then, at an empty prompt, says how to leave, and leaves", async () => {
  const { over, seen, type } = begin(held());
  await seen("› ");
  type("hello\r");
  await seen("begun");
  type("\u0003");
  await seen("[stopped]");
  await seen("› ");
  type("\u0003");
  await seen("Ctrl-C again leaves, as Ctrl-D does\r\nnot kept: /save FILE writes it");
  // Somebody who goes on does not leave with the next one.
  type("x");
  type("\u0003");
  type("\u0003");
  await seen("Ctrl-C again leaves");
  type("\u0003");
  await seen("the conversation was not kept; sluice chat --conversation NAME keeps one");
  expect(await over).toBe(130);
});

test.each([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s stops the answer, waits for it to be stored, and leaves", async (name, code) => {
  const { over, seen, session, signal, type } = begin(held());
  await seen("› ");
  type("hello\r");
  await seen("begun");
  signal(name);
  expect(await over).toBe(code);
  expect((await session.conversation.messages()).map(({ status }) => status)).toEqual(["complete", "interrupted"]);
});

test("SIGTERM at the prompt leaves at once", async () => {
  const { over, seen, signal } = begin(scripted([]));
  await seen("› ");
  signal("SIGTERM");
  expect(await over).toBe(143);
});

test("Ctrl-C leaves a command that does not end, once it was said", async () => {
  const { over, seen, session, type } = begin(scripted([]));
  const never = deferred<"stay">();
  session.command = () => never.promise;
  await seen("› ");
  type("/slow\r");
  await seen("/slow");
  type("\u0003");
  await seen("Ctrl-C again leaves");
  type("\u0003");
  expect(await over).toBe(130);
});

test("Ctrl-D, /quit and the end of stdin leave", async () => {
  for (const keys of ["\u0004", "/quit\r", "half\u0015\u0004"]) {
    const { over, seen, type } = begin(scripted([]));
    await seen("› ");
    type(keys);
    expect(await over).toBe(0);
  }
});

test("a command that fails says so, and the chat goes on", async () => {
  const { over, seen, type } = begin(scripted([["fine"]]));
  await seen("› ");
  type("/jump\r");
  await seen("/jump");
  await seen("› ");
  type("hello\r");
  await seen("fine");
  await seen("› ");
  type("\u0004");
  expect(await over).toBe(0);
});
