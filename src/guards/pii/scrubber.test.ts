import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelledTexts } from "../../../test/guards/labelled-set.js";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { allRules, scrub, scrubPieces } from "../../../test/support/scrub.js";
import { filterText } from "../text-filter.js";
import { MAX_WINDOW } from "./entity.js";
import { scrubRules } from "./scrub-rules.js";
import { Scrubber } from "./scrubber.js";

function cut(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let from = 0, i = 0; from < text.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(text.slice(from, from + size));
    from += size;
  }
  return pieces;
}

const labelled = labelledTexts().map(({ text }) => text);
/** Texts full of entities and of what is nearly one: those of the labelled set, glued and mixed with hard characters. */
const mixed = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...labelled) },
      { weight: 1, arbitrary: trickyText },
      {
        weight: 2,
        arbitrary: fc.constantFrom(" ", ", ", "\n", "", "12 ", "Main ", "555-", "+1 ", "@", "http", "://", "`"),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          "=40",
          "=\n",
          "=\r\n",
          "==",
          "=C3=A9",
          " [at] ",
          "(dot)",
          "[.]",
          " at ",
          " dot ",
          "com",
          "ann",
          ";",
        ),
      },
      { weight: 1, arbitrary: fc.stringMatching(/^[0-9A-Fa-f :.()/-]{1,40}$/) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "```\n",
          "~~~js\n",
          "\n```\n",
          "eyJhbGciOiJIUzI1NiJ9.eyJ",
          "-----BEGIN PRIVATE KEY-----\n",
          "-----BEGIN RSA PRIVATE KEY-----MII\\n",
          "-----END RSA PRIVATE KEY-----",
          '-----BEGIN PRIVATE KEY-----",\n"MIIEow0AbC/d+9xyz",\n"',
          '", "',
        ),
      },
      { weight: 1, arbitrary: fc.integer({ min: 100, max: 300 }).map((n) => "aB3.".repeat(n / 4)) },
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));
const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 });

/** How often a rule was made to search or to look closer, with the default options. */
function asked(text: string): number {
  let times = 0;
  class CountingPattern extends RegExp {
    override exec(subject: string): RegExpExecArray | null {
      times++;
      return super.exec(subject);
    }
  }
  const rules = scrubRules();
  const inText = rules.inText.map((rule) => ({
    ...rule,
    pattern: new CountingPattern(rule.pattern),
    accept: (...found: [string, string, string]) => {
      times++;
      return rule.accept?.(...found) ?? true;
    },
  }));
  filterText(new Scrubber({ ...rules, inText }), text);
  return times;
}

/** How many characters the rules were given to search in, all together. */
function searchedCharacters(text: string): number {
  let searched = 0;
  class CountingPattern extends RegExp {
    override exec(subject: string): RegExpExecArray | null {
      searched += subject.length - this.lastIndex;
      return super.exec(subject);
    }
  }
  const inText = allRules.inText.map((rule) => ({ ...rule, pattern: new CountingPattern(rule.pattern) }));
  filterText(new Scrubber({ ...allRules, inText }), text);
  return searched;
}

describe("the scrubber", () => {
  test("says the same however the text is cut", () =>
    fc.assert(
      fc.property(mixed, sizes, (text, at) => {
        expect(scrubPieces(cut(text, at))).toBe(scrubPieces([text]));
      }),
      { numRuns: 500 },
    ));

  test("says the same where each character comes alone", () => {
    for (const text of labelled) expect(scrubPieces([...text])).toBe(scrubPieces([text]));
  });

  test("never holds back more than a stretch and a gap", () =>
    fc.assert(
      fc.property(mixed, sizes, (text, at) => {
        const scrubber = new Scrubber(allRules);
        for (const piece of cut(text, at)) {
          scrubber.push(piece);
          expect(scrubber.buffered).toBeLessThanOrEqual(MAX_WINDOW + 4);
        }
      }),
    ));

  test("leaves nothing of its own out: what it does not replace comes out as it was", () =>
    fc.assert(
      fc.property(mixed, sizes, (text, at) => {
        const scrubber = new Scrubber(allRules, { replace: (_, value) => value });
        let out = "";
        for (const piece of cut(text, at)) out += scrubber.push(piece);
        expect(out + scrubber.end()).toBe(text);
      }),
    ));

  test("holds back fewer than 8 characters of ordinary text on average, token by token", () => {
    const scrubber = new Scrubber(scrubRules());
    const text = `A sluice is a gate that lets a stream through at the pace the other side can take. In March 2024, John Smith
      and 3 friends from New York drove 250 miles; it took them 5 hours and cost $120.50. "That's fine," he said, and so on.`;
    const pieces = cut(text, [4, 5, 3]);
    let held = 0;
    for (const piece of pieces) {
      scrubber.push(piece);
      held += scrubber.buffered;
    }
    expect(held / pieces.length).toBeLessThan(8);
  });

  const found: [value: string, placeholder: string][] = [
    ["jane@example.com", "<EMAIL_ADDRESS>"],
    ["+49 30 1234567", "<PHONE_NUMBER>"],
    ["(415) 555-2671", "<PHONE_NUMBER>"],
    ["4111 1111 1111 1111", "<CREDIT_CARD>"],
    ["DE89 3704 0044 0532 0130 00", "<IBAN>"],
    ["078-05-1120", "<US_SSN>"],
    ["00:1A:2B:3C:4D:5E", "<MAC_ADDRESS>"],
    ["203.0.113.7", "<IP>"],
    ["2001:db8::ff00:42:8329", "<IP>"],
    ["978-3-16-148410-0", "<ISBN>"],
    ["P.O. Box 123", "<PO_BOX>"],
    ["123 Main Street", "<STREET_ADDRESS>"],
    [`ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`, "<API_KEY>"],
  ];
  test.each([
    ...["", "()", "[]", "{}", "<>", "''", '""', "“”", "«»", "``", "**", "||", "\n\n", "😀😀", "日本", "——"],
    ...[" ,", " !", " ?", " ;", " :", "\t…"],
  ])("finds every entity alone and between %j", (signs) => {
    const [before = "", after = ""] = signs;
    for (const [value, placeholder] of found) {
      expect(scrub(`${before}${value}${after}`)).toBe(`${before}${placeholder}${after}`);
    }
  });

  test("finds every entity behind a label that is glued to it", () => {
    for (const [value, placeholder] of found) {
      expect(scrub(`it's mine:${value}`)).toBe(`it's mine:${placeholder}`);
      expect(scrub(`{'mine':'${value}'}`)).toBe(`{'mine':'${placeholder}'}`);
    }
  });

  test.each([
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    "4 5 6 7 8 9 10 11 12 13",
    "2024 01 15 2024 01 16 2024 01 17",
    "at 10:30 Park Road opened",
    "std::dead::beef",
    "AA:BB:CC:DD:EE:FF:00:11",
  ])("leaves %j alone", (text) => {
    expect(scrub(text)).toBe(text);
  });

  test.each([
    [
      "a word that is longer than a stretch",
      `${"x".repeat(500)} john@example.com`,
      `${"x".repeat(500)} <EMAIL_ADDRESS>`,
    ],
    [
      "a path that is longer",
      `${"/usr/share/doc".repeat(20)}/john@example.com`,
      `${"/usr/share/doc".repeat(20)}/<EMAIL_ADDRESS>`,
    ],
    ["a token that is longer", `eyJhbGciOiJIUzI1NiJ9.eyJ${"a1".repeat(500)}.sig-nature. Next`, "<API_KEY>. Next"],
    [
      "a private key",
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\nAAAA\n-----END RSA PRIVATE KEY-----\nhello",
      "<API_KEY>\nhello",
    ],
    [
      "a private key whose line ends are escaped",
      `{"key": "-----BEGIN PRIVATE KEY-----\\n${"MIIEow0AbC/d+9=\\n".repeat(40)}-----END PRIVATE KEY-----\\n", "x": 1}`,
      '{"key": "<API_KEY>\\n", "x": 1}',
    ],
    [
      "a private key in one line",
      `key='-----BEGIN RSA PRIVATE KEY-----${"MIIEow0AbC".repeat(40)}-----END RSA PRIVATE KEY-----' next`,
      "key='<API_KEY>' next",
    ],
    [
      "a short private key in one line",
      "-----BEGIN OPENSSH PRIVATE KEY-----b3BlbnNz-----END OPENSSH PRIVATE KEY----- next",
      "<API_KEY> next",
    ],
    [
      "a private key in a quotation",
      "> -----BEGIN PRIVATE KEY-----\n> MIIEow==\n> -----END PRIVATE KEY-----\nhello.",
      "> <API_KEY>\nhello.",
    ],
    [
      "a private key with headers",
      "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2.0.22 (GNU/Linux)\n\nlQOYBF0=\n-----END PGP PRIVATE KEY BLOCK-----\nhi",
      "<API_KEY>\nhi",
    ],
    [
      "the mere beginning of a private key",
      'It begins with "-----BEGIN PRIVATE KEY-----" at its start, and so on.',
      'It begins with "<API_KEY>" at its start, and so on.',
    ],
    [
      "a private key whose lines are texts of their own",
      `{"key": ["-----BEGIN PRIVATE KEY-----",\n  "${"MIIEow0AbC/d+9".repeat(4)}",\n  "Q==",\n  "-----END PRIVATE KEY-----"], "x": 1}`,
      '{"key": ["<API_KEY>"], "x": 1}',
    ],
    [
      "a private key whose lines are joined",
      `const key = "-----BEGIN RSA PRIVATE KEY-----\\n" +\n  "${"MIIEow0AbC/d+9".repeat(4)}\\n" +\n  "Q==\\n" + "-----END RSA PRIVATE KEY-----";\nhi`,
      'const key = "<API_KEY>";\nhi',
    ],
    [
      "data behind the mere beginning of a private key in quotes",
      '["-----BEGIN PRIVATE KEY-----", "john@example.com", "clientCertificateUrl"], \'10.0.0.1\'',
      '["<API_KEY>", "<EMAIL_ADDRESS>", "clientCertificateUrl"], \'<IP>\'',
    ],
    ["a private key that breaks off", "-----BEGIN PRIVATE KEY-----\nMIIEow==\nAAAA", "<API_KEY>"],
  ])("%s", (_, text, expected) => {
    expect(scrubPieces([text])).toBe(expected);
    expect(scrubPieces([...text])).toBe(expected);
  });

  test("a value that is longer than a stretch is known as a whole where it is asked for", () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.eyJ${"a1".repeat(500)}.sig`;
    const seen: string[] = [];
    const scrubber = new Scrubber(allRules, { replace: (_, value) => `{${seen.push(value)}}` });
    expect(filterText(scrubber, `It is ${token}. Next`)).toBe("It is {1}. Next");
    expect(seen).toEqual([token]);
  });

  test.each(["fox ", "1 ", "12-", "a.b@", "1111 ", "a:", "::", "12 Main ", "555-555-", "(((((", "A1 ", "00 ", "x"])(
    "searches %j, repeated, as often per character however long the text is",
    (unit) => {
      const shorter = searchedCharacters(unit.repeat(4_096 / unit.length));
      const longer = searchedCharacters(unit.repeat(65_536 / unit.length));
      expect(longer).toBeLessThan(17 * shorter + MAX_WINDOW);
      // Each rule may begin anew behind each match that it refuses, within the stretch.
      expect(longer / 65_536 / allRules.inText.length).toBeLessThan(MAX_WINDOW / 2);
    },
  );
});

test.each(["7 ", "1 ", "00 ", "1234 ", "4155552671 ", "415-555-2671 ", "4111 1111 1111 1112 ", "2024-01-15 10:22 "])(
  "asks the rules seldom about numbers that are none of theirs: %j, repeated",
  (unit) => {
    const text = unit.repeat(Math.ceil(8_192 / unit.length));
    expect(asked(text) / text.length).toBeLessThan(1);
  },
);
