import { describe, expect, test } from "vitest";
import { plainBody, retryAfterMs } from "./provider-error.js";

const plain = (body: string) => plainBody({ status: 502, headers: {}, body });

describe("the text of a body that no dialect understands", () => {
  test.each([
    ["a page", "<html><h1>Bad gateway</h1>\n<p>nginx</p></html>", "Bad gateway nginx"],
    ["scripts and styles", "<STYLE>p{}</style>Oops<script>if (a < b) x()</Script>!", "Oops !"],
    ["a script without its end", "Oops <script>let x", "Oops"],
    ["a tag without its end", "1 < 2", "1 < 2"],
    ["letters that grow when they are made small", "İİ<b>x</b>", "İİ x"],
  ])("of %s", (_, body, text) => expect(plain(body)).toBe(text));

  test("of nothing is none, and of much its beginning", () => {
    expect(plain("<p> </p>")).toBeUndefined();
    expect(plain("x".repeat(9_000))).toHaveLength(500);
  });

  // Where each of these were searched for its end anew, this would take minutes.
  test.each(["<", "<script>", "<script", "</script", "<style></scr", "<p"])("of a long row of %s", (piece) => {
    const body = piece.repeat(1_000_000 / piece.length);
    expect(plain(`Oops ${body}`)?.startsWith("Oops")).toBe(true);
  });
});

test.each([
  [{ "retry-after-ms": "" }, undefined],
  [{ "retry-after-ms": "", "retry-after": "2" }, 2_000],
  [{ "retry-after-ms": "1.5" }, 1.5],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
])("%j asks to wait %s ms", (headers, ms) => {
  expect(retryAfterMs(headers as Record<string, string>)).toBe(ms);
});
