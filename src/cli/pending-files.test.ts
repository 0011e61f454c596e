import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { scripted } from "../models/scripted.js";
import { ChatSession } from "./chat-session.js";
import { PendingFiles } from "./pending-files.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-pending-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const png = join(folder, "a cat.png");
const notes = join(folder, "notes.txt");
const PNG = Uint8Array.from(Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1"));
writeFileSync(png, PNG);
writeFileSync(notes, "Be kind.\n");

test("/file lets files go with the next message of a chat", async () => {
  const model = scripted([["one"], ["two"]]);
  const stderr = new PassThrough();
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: {}, onInterrupt: () => () => {} };
  const session = new ChatSession({ model }, io);
  await session.command(`/file ${png}`);
  await session.command(`/file ${notes}`);
  expect(String(stderr.read())).toBe(
    `${png} (image/png, 12 bytes) goes with the next message\n` +
      `${notes} (text, 9 characters) goes with the next message\n`,
  );
  await session.say("What?");
  await session.say("Sure?");
  expect(model.requests.map(({ messages }) => messages.findLast(({ role }) => role === "user")?.content)).toEqual([
    [
      { type: "file", mediaType: "image/png", data: PNG, filename: "a cat.png" },
      { type: "text", text: "notes.txt:\n\nBe kind.\n\n" },
      { type: "text", text: "What?" },
    ],
    "Sure?",
  ]);
  await expect(session.command("/file")).rejects.toMatchObject({ code: "invalid-argument", field: "file" });
});

test("a file that the model does not take stays behind, and the others go", async () => {
  const files = new PendingFiles();
  const textOnly = { id: "llama/a.gguf", capabilities: { input: [] } };
  await expect(files.add(png, textOnly)).rejects.toMatchObject({
    code: "unsupported",
    message: `file ${png}: found image (image/png); llama/a.gguf takes text`,
  });
  await files.add(notes, textOnly);
  expect(await files.add("https://example.org/cat.png", { id: "any" })).toContain("image/png, fetched by the provider");
  expect(files.with("")).toEqual([
    { type: "text", text: "notes.txt:\n\nBe kind.\n\n" },
    { type: "file", mediaType: "image/png", data: { url: "https://example.org/cat.png" }, filename: "cat.png" },
  ]);
  expect(files.with("again")).toBe("again");
});
