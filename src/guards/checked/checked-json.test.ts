import { describe, expect, test } from "vitest";
import { checkedAnswer, textDelta, verdictOn } from "../../../test/support/checked-answer.js";

describe("an answer that is JSON", () => {
  const value = { "the SAY key": 'He SAY "so".\nThen\t\\ ünd 😀', list: ["SAY", 5.5, null], "": {} };
  const replaced = { "the […] key": 'He […] "so".\nThen\t\\ ünd 😀', list: ["[…]", 5.5, null], "": {} };
  const written = [
    JSON.stringify(value),
    JSON.stringify(value, null, 2),
    JSON.stringify(value).replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`),
  ];
  test.each([1, 3, 1_000])("is seen as what it says, and stays JSON, in pieces of %i", async (size) => {
    for (const json of written) {
      const seen: string[] = [];
      const pieces = json.match(new RegExp(`.{1,${size}}`, "gsu")) ?? [];
      const events = await checkedAnswer(pieces, {
        check: (piece) => {
          seen.push(piece.text);
          return verdictOn(piece);
        },
      });
      const said = events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("");
      expect(JSON.parse(said)).toEqual(replaced);
      expect(seen).toContain("Then\t\\ ünd 😀");
      expect(seen).toContain("the SAY key");
    }
  });

  test("goes out as it was written where nothing is replaced", async () => {
    const json = '{ "a\\u0062": "\\/ \\u00e9",\n "c": [1, "\\n"] }';
    const events = await checkedAnswer([json.slice(0, 9), json.slice(9)]);
    expect(events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("")).toBe(json);
  });

  test("is text where it only looks like JSON", async () => {
    const events = await checkedAnswer(["{not} a \\n “SAY” "]);
    expect(events).toContainEqual(textDelta("{not} a \\n “[…]” "));
  });
});
