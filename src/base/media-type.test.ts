import { describe, expect, test } from "vitest";
import { mediaTypeOf, mediaTypeOfName } from "./media-type.js";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("mediaTypeOf", () => {
  test.each([
    ["\x89PNG\r\n\x1a\n....", "image/png"],
    ["\xff\xd8\xff\xe0....", "image/jpeg"],
    ["GIF89a....", "image/gif"],
    ["RIFF....WEBPVP8 ", "image/webp"],
    ["RIFF....WAVEfmt ", "audio/wav"],
    ["%PDF-1.7\n", "application/pdf"],
    ["ID3\x04....", "audio/mpeg"],
    ["\xff\xfb\x90\x64", "audio/mpeg"],
    ["\xff\xf1\x50\x80", "audio/aac"],
    ["OggS\0....", "audio/ogg"],
    ["fLaC\0....", "audio/flac"],
    ["\0\0\0\x1cftypM4A ....", "audio/mp4"],
    ["\0\0\0\x1cftypisom....", "video/mp4"],
    ["\0\0\0\x1cftypavif....", "image/avif"],
    ["\x1aE\xdf\xa3....", "video/webm"],
    ["plain words\n", "text/plain"],
  ])("tells %j from its first bytes", (beginning, mediaType) => {
    expect(mediaTypeOf(bytes(beginning))).toBe(mediaType);
  });

  test("lets a name say more of text and archives, and does not believe one that contradicts the bytes", () => {
    expect(mediaTypeOf(bytes("a,b\n1,2\n"), "figures/table.CSV")).toBe("text/csv");
    expect(mediaTypeOf(bytes("PK\x03\x04...."), "letter.docx")).toContain("wordprocessingml");
    expect(mediaTypeOf(bytes("PK\x03\x04...."), "letter.txt")).toBe("application/zip");
    expect(mediaTypeOf(bytes("\x89PNG\r\n\x1a\n"), "cat.jpg")).toBe("image/png");
    expect(mediaTypeOf(bytes("only text"), "letter.docx")).toBe("text/plain");
  });

  test("does not guess at bytes of an unknown format", () => {
    expect(mediaTypeOf(Uint8Array.of(0, 1, 2, 3), "notes.txt")).toBeUndefined();
    expect(mediaTypeOf(Uint8Array.of(0xc3, 0x28, 0x41))).toBeUndefined();
  });

  test("takes text that is cut in a character at the end of what is looked at", () => {
    expect(mediaTypeOf(new TextEncoder().encode(`${"a".repeat(4_095)}ü`))).toBe("text/plain");
  });

  test("a name alone", () => {
    expect([mediaTypeOfName("a/b.Jpeg"), mediaTypeOfName("png"), mediaTypeOfName("x.constructor")]).toEqual([
      "image/jpeg",
      "image/png",
      undefined,
    ]);
  });
});
