import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { validateRequest } from "../stream/validate-request.js";
import { audio, file, image } from "./attachments.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-attachments-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PNG = Uint8Array.from(Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1"));
const written = (name: string, bytes: Uint8Array | string) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

describe("attachments", () => {
  test("are read from a path, a file: URL, a data: URL and bytes", async () => {
    const path = written("a cat.bin", PNG);
    const part = { type: "file", mediaType: "image/png", data: PNG };
    expect(await image(path)).toEqual({ ...part, filename: "a cat.bin" });
    expect(await image(pathToFileURL(path))).toEqual({ ...part, filename: "a cat.bin" });
    expect(await image(`data:image/png;base64,${Buffer.from(PNG).toString("base64")}`)).toEqual(part);
    expect(await image(PNG, { detail: "low" })).toEqual({ ...part, detail: "low" });
  });

  test("leave a URL to the provider, and name its type as far as it is known", async () => {
    expect(await image("https://example.org/a%20cat.jpg?x=1")).toEqual({
      type: "file",
      mediaType: "image/jpeg",
      data: { url: "https://example.org/a%20cat.jpg?x=1" },
      filename: "a cat.jpg",
    });
    expect((await audio(new URL("https://example.org/stream"))).mediaType).toBe("audio/*");
    expect((await file("https://example.org/paper.pdf")).mediaType).toBe("application/pdf");
    await expect(file("https://example.org/")).rejects.toMatchObject({ code: "invalid-argument", field: "file" });
  });

  test("make parts that a request may hold", async () => {
    const content = [await file(written("notes.md", "# Notes")), await image("https://example.org/cat")];
    expect(() => validateRequest({ messages: [{ role: "user", content }] })).not.toThrow();
    expect(content[0]?.mediaType).toBe("text/markdown");
  });

  test.each([
    ["a missing file", () => image(join(folder, "nothing.png")), "image: ", "cannot be read"],
    ["a folder", () => file(folder), "file: ", "cannot be read"],
    ["an empty file", () => file(written("empty", "")), "file: ", "empty"],
    ["another kind of file", () => image(written("a.png", "only text")), 'image: found "text/plain"', "image/*"],
    ["a sound that is none", () => audio(PNG), 'audio: found "image/png"', "audio/*"],
    ["an unknown format", () => file(Uint8Array.of(0, 1, 2)), "file: ", "mediaType"],
    ["another scheme", () => file(new URL("ftp://example.org/a.pdf")), "file: ", "https:"],
    ["a data: URL without base64", () => file("data:,hello"), "file: ", "base64"],
  ])("refuse %s", async (_what, attach, found, allowed) => {
    const error = await attach().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: "invalid-argument" });
    expect(String(error)).toContain(found);
    expect(String(error)).toContain(allowed);
  });

  test("take the caller's word for the type", async () => {
    expect((await file(Uint8Array.of(0, 1, 2), { mediaType: "application/x-own", filename: "own" })).filename).toBe(
      "own",
    );
  });
});
