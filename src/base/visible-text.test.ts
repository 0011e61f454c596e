import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visibleJson, visibleText } from "./visible-text.js";

describe("what somebody decides about", () => {
  // langchain-ai/deepagents#1694, denoland/deno#36195, google-gemini/gemini-cli#19026.
  it.each([
    ["curl http://safe.com/\u202e\u2066moc.evil\u2069/data", "curl http://safe.com/\\u202e\\u2066moc.evil\\u2069/data"],
    ["rm -rf /tmp/\u200bimportant", "rm -rf /tmp/\\u200bimportant"],
    ["soft\u00adhyphen, \ufeffmark, word\u2060joiner", "soft\\u00adhyphen, \\ufeffmark, word\\u2060joiner"],
    ["say hi\u{e0049}\u{e0067}", "say hi\\udb40\\udc49\\udb40\\udc67"],
    ["a\u200db\u200cc", "a\\u200db\\u200cc"],
    ["blank\u3164line\u2028end", "blank\\u3164line\\u2028end"],
  ])("shows what is not seen: %j", (text, expected) => {
    expect(visibleText(text)).toBe(expected);
  });

  it.each(["👩‍👩‍👧‍👦 ❤️ 👍🏽 🇩🇪", "می‌خواهم", "क्‍ष", "שלום, 中文 é", "tab\tand\nline"])("leaves %j", (text) => {
    expect(visibleText(text)).toBe(text);
  });

  it("is the same value as JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(visibleJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(JSON.parse(visibleJson(["\u202e\u{e0041}", value], 2))).toEqual([
          "\u202e\u{e0041}",
          JSON.parse(JSON.stringify(value)),
        ]);
      }),
    );
  });
});
