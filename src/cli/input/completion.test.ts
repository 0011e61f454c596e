import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scripted } from "../../models/scripted.js";
import { ChatSession } from "../chat-session.js";
import { completeCommand } from "./complete-command.js";
import { completeModel } from "./complete-model.js";
import { completePath } from "./complete-path.js";
import { listed, sharedBeginning } from "./completion.js";

const home = mkdtempSync(join(tmpdir(), "sluice-completion-"));
const env = { HOME: home, OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://127.0.0.1:9/v1" };
beforeAll(() => {
  mkdirSync(join(home, "My pictures"));
  mkdirSync(join(home, "notes"));
  symlinkSync(join(home, "notes"), join(home, "linked"));
  for (const name of ["a.txt", ".hidden", "My pictures/sea (1).png", "My pictures/sky.png", "It's.md"])
    writeFileSync(join(home, name), "");
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test.each([
  ["~", ["~/"]],
  ["~/n", ["~/notes/"]],
  ["~/", ["~/It's.md", "~/My pictures/", "~/a.txt", "~/linked/", "~/notes/"]],
  ["~/.h", ["~/.hidden"]],
  ["~/My p", ["~/My pictures/"]],
  ['"~/My p', ['"~/My pictures/']],
  ['"~/My pictures/se', ['"~/My pictures/sea (1).png"']],
  ["'~/My pictures/sk", ["'~/My pictures/sky.png'"]],
  ["~/My\\ p", ["~/My\\ pictures/"]],
  ["~/My\\ pictures/sea", ["~/My\\ pictures/sea\\ \\(1\\).png"]],
  ["~/nothing/at/all", []],
  ["~someone", []],
])("the path %s goes on with %j", (written, values) => {
  expect(completePath(written, env)).toEqual(values);
});

test("models of services that are configured, where they do not answer as well", async () => {
  expect(await completeModel("ec", {})).toEqual(["echo"]);
  expect(await completeModel("open", env)).toEqual(["openai/"]);
  expect(await completeModel("openai/gpt-4.1-m", env)).toEqual(["openai/gpt-4.1-mini"]);
  expect(await completeModel("openai/gpt-4.1-m", {})).toEqual([]);
});

test("commands, and what they take", async () => {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), env };
  const session = new ChatSession({ model: scripted([["1"], ["2"]]) }, { ...io, onInterrupt: () => () => {} });
  expect(await completeCommand(session, "hello")).toBeUndefined();
  expect(await completeCommand(session, "/mod")).toEqual({ from: 1, values: ["model", "models"] });
  expect(await completeCommand(session, "/file ~/no")).toEqual({ from: 6, values: ["~/notes/"] });
  expect(await completeCommand(session, "/save ~/no")).toEqual({ from: 6, values: ["~/notes/"] });
  expect(await completeCommand(session, "/set temp")).toEqual({ from: 5, values: ["temperature"] });
  expect(await completeCommand(session, "/title x")).toBeUndefined();
  expect(await completeCommand(session, "/constructor x")).toBeUndefined();
  await session.say("one");
  await session.retry();
  expect(await completeCommand(session, "/branches ")).toMatchObject({ values: ["1", "2", "3"] });
});

test("several values share a beginning, and are listed by what differs", () => {
  expect(sharedBeginning(["~/ab", "~/ac"])).toBe("~/a");
  expect(sharedBeginning(["one"])).toBe("one");
  expect(listed(["openai/gpt-5", "openai/gpt-5-mini"], 40)).toBe("gpt-5       gpt-5-mini");
  expect(listed(["~/a/", "~/bb"], 4)).toBe("a/\nbb");
});
