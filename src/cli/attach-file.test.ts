import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { attachFile } from "./attach-file.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-attach-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ANY = { id: "any" };
const write = (name: string, content: Uint8Array | string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** A file with nothing but a length. */
const hole = (name: string, length: number) => {
  const path = write(name, "");
  truncateSync(path, length);
  return path;
};

describe("attachFile", () => {
  test.each([
    ["table.csv", "a,b\n1,2\n"],
    ["data.json", '{ "a": 1 }'],
    ["drawing.svg", "<svg/>"],
    ["code.ts", "export {};"],
  ])("makes text of %s, under its name", async (name, content) => {
    expect((await attachFile(write(name, content), ANY)).part).toEqual({
      type: "text",
      text: `${name}:\n\n${content.trimEnd()}\n\n`,
    });
  });

  test("leaves other files as they are", async () => {
    const data = Uint8Array.from(Buffer.from("%PDF-1.7\n\xff", "latin1"));
    expect((await attachFile(write("paper", data), ANY)).part).toEqual({
      type: "file",
      mediaType: "application/pdf",
      data,
      filename: "paper",
    });
  });

  test.each<[string, () => string, string]>([
    ["a file that is not there", () => join(folder, "none.png"), "there is no such file"],
    ["a folder", () => folder, "found a folder; allowed: a file"],
    ["an empty file", () => write("empty.png", ""), "empty"],
    ["an unknown format", () => write("data.bin", Uint8Array.of(0, 1, 2, 3)), "known"],
    [
      "a text in another encoding",
      () => write("old.txt", Buffer.from(`${"a".repeat(5_000)}\xff`, "latin1")),
      "not UTF-8",
    ],
    [
      "a file that is too large, without reading it",
      () => hole("movie.mp4", 3 * 1024 ** 3),
      "found 3,221,225,472 bytes; allowed for a file: up to 20,971,520",
    ],
    [
      "a text that is too large",
      () => write("log.txt", "line\n".repeat(300_000)),
      "found 1,500,000 bytes; allowed for text: up to 1,048,576",
    ],
  ])("refuses %s", async (_, make, message) => {
    const path = make();
    const error = await attachFile(path, ANY).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid-argument", field: "file" });
    expect(String(error)).toContain(`file ${path}: `);
    expect(String(error)).toContain(message);
  });
});
