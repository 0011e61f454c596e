import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelledTexts } from "../../../test/guards/labelled-set.js";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { filterText } from "../text-filter.js";
import { MAX_WINDOW } from "./entity.js";
import type { ScrubOptions } from "./scrub-options.js";
import { scrubRules } from "./scrub-rules.js";
import { Scrubber } from "./scrubber.js";

const ALL: ScrubOptions = {
  locales: ["en-US", "en-GB", "de", "fr", "en-AU", "en-CA", "en-IN", "es", "it", "ja", "nl", "pt-BR"],
};
const allRules = scrubRules(ALL);

function scrub(text: string, options: ScrubOptions = {}): string {
  return filterText(new Scrubber(scrubRules(options)), text);
}

function scrubPieces(pieces: readonly string[]): string {
  const scrubber = new Scrubber(allRules);
  let out = "";
  for (const piece of pieces) out += scrubber.push(piece);
  return out + scrubber.end();
}

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

describe("URLs and code", () => {
  const key = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56";
  const url = "https://example.com/?mail=john@example.com,10.0.0.1";
  const code = `\`\`\`sh\nping 10.0.0.1 # ${key}\n\`\`\`\n10.0.0.1`;

  test("URLs are left alone, and looked into where asked", () => {
    expect(scrub(`(${url}) 10.0.0.1`)).toBe(`(${url}) <IP>`);
    expect(scrub(url, { urls: "scrub" })).toBe("https://example.com/?mail=<EMAIL_ADDRESS>,<IP>");
  });

  test("in fenced code only keys are looked for, or nothing, or everything", () => {
    expect(scrub(code)).toBe("```sh\nping 10.0.0.1 # <API_KEY>\n```\n<IP>");
    expect(scrub(code, { code: "keep" })).toBe(`\`\`\`sh\nping 10.0.0.1 # ${key}\n\`\`\`\n<IP>`);
    expect(scrub(code, { code: "scrub" })).toBe("```sh\nping <IP> # <API_KEY>\n```\n<IP>");
  });

  test.each([
    ["a shorter fence does not close", "````\n```\n10.0.0.1\n````\n", "````\n```\n10.0.0.1\n````\n"],
    ["another sign does not close", "~~~\n```\n10.0.0.1\n", "~~~\n```\n10.0.0.1\n"],
    ["a fence with words behind it does not close", "~~~\n~~~ no\n10.0.0.1", "~~~\n~~~ no\n10.0.0.1"],
    ["a span of three backticks is text", "```a``` 10.0.0.1\n10.0.0.2", "```a``` <IP>\n<IP>"],
    ["four spaces before it make it none", "    ```\n10.0.0.1", "    ```\n<IP>"],
    ["code within a line is text", "`10.0.0.1`", "`<IP>`"],
  ])("%s", (_, text, expected) => {
    expect(scrub(text)).toBe(expected);
  });
});

describe("custom entities", () => {
  const badge = { name: "BADGE", pattern: /\bEMP-\d{6}\b/ };
  const matter = { name: "MATTER", pattern: /\bcase no\. \d+\/\d{4}/, begins: /case/, words: 3 };

  test("are found beside the others, over several words where they say how they begin", () => {
    const options = { custom: [badge, matter] };
    expect(scrub("EMP-004711 has case no. 12/2024, not case 13; a@b.io", options)).toBe(
      "<BADGE> has <MATTER>, not case 13; <EMAIL_ADDRESS>",
    );
  });

  test("are looked at closer by their validator", () => {
    const even = { ...badge, validate: (value: string) => Number(value.slice(-1)) % 2 === 0 };
    expect(scrub("EMP-000001 EMP-000002", { custom: [even] })).toBe("EMP-000001 <BADGE>");
  });

  test("are the only ones where no others are asked for", () => {
    expect(scrub("EMP-004711 a@b.io", { entities: [], custom: [badge] })).toBe("<BADGE> a@b.io");
  });

  test.each([
    ["custom[0].name", { ...badge, name: "badge" }],
    ["custom[0].pattern", { ...badge, pattern: /x*/ }],
    ["custom[0].words", { ...badge, words: 0 }],
    ["custom[0].begins", { ...badge, words: 2 }],
  ])("that are not right are refused: %s", (field, custom) => {
    expect(() => scrub("", { custom: [custom] })).toThrow(expect.objectContaining({ code: "invalid-argument", field }));
  });
});

describe("options", () => {
  test("choose entities and locales", () => {
    expect(scrub("a@b.io 10.0.0.1", { entities: ["IP"] })).toBe("a@b.io <IP>");
    expect(scrub("SW1A 2AA", { locales: ["en-GB"] })).toBe("<ZIP_CODE>");
    expect(scrub("SW1A 2AA")).toBe("SW1A 2AA");
  });

  test.each([
    ["locales[0]", { locales: ["xx"] }],
    ["entities[1]", { entities: ["IP", "NAME"] }],
    ["urls", { urls: "no" }],
    ["code", { code: true }],
  ])("that are not right are refused: %s", (field, options) => {
    expect(() => scrub("", options as ScrubOptions)).toThrow(
      expect.objectContaining({ code: "invalid-argument", field }),
    );
  });
});

describe("URLs that are kept", () => {
  const key = "ghp_abcdefghij1234567890";

  test.each([
    [`https://user:${key}@github.com/x.git`, "https://user:<API_KEY>@github.com/x.git"],
    [`https://${key}@github.com/x.git`, "https://<API_KEY>@github.com/x.git"],
    ["postgres://app:hunter2@db.example.com:5432/app", "postgres://app:<API_KEY>@db.example.com:5432/app"],
    ["mongodb+srv://app:p4ss@c.mongodb.net/x?w=1", "mongodb+srv://app:<API_KEY>@c.mongodb.net/x?w=1"],
    ["redis://:hunter2@cache:6379", "redis://:<API_KEY>@cache:6379"],
    ["https://x.com/?a=1&api_key=abcdef&b=2.", "https://x.com/?a=1&api_key=<API_KEY>&b=2."],
    ["(https://x.com/?api_key=abcdef1234567890)", "(https://x.com/?api_key=<API_KEY>)"],
    ["[x](https://x.com/?token=abcdef1234567890)", "[x](https://x.com/?token=<API_KEY>)"],
    ["https://x.com/cb#access_token=abc.def&state=1", "https://x.com/cb#access_token=<API_KEY>&state=1"],
    ["https://s3.aws/x?X-Amz-Signature=0a1b&y=1", "https://s3.aws/x?X-Amz-Signature=<API_KEY>&y=1"],
    ["https://x.blob/x?sv=1&sig=a1b2c3d4%2F&y", "https://x.blob/x?sv=1&sig=<API_KEY>&y"],
    [`https://x.com/d/${key}/y`, "https://x.com/d/<API_KEY>/y"],
    [`https://x.com/?q=${key}`, "https://x.com/?q=<API_KEY>"],
    [
      "https://api.telegram.org/bot123456789:AAF-abcdefghij_klmnopqrstuvwxyz12345/x",
      "https://api.telegram.org/bot123456789:<API_KEY>/x",
    ],
    [
      "https://hooks.slack.com/services/T01AB/B01CD/abcdefghijklmnop12345678",
      "https://hooks.slack.com/services/T01AB/B01CD/<API_KEY>",
    ],
    [`https://x.com/?secret=${"ab1".repeat(100)}&x=10`, "https://x.com/?secret=<API_KEY>&x=10"],
    [
      `https://x.com/${"a/".repeat(100)}?password=x1 10.0.0.1`,
      `https://x.com/${"a/".repeat(100)}?password=<API_KEY> <IP>`,
    ],
  ])("lose their secrets: %s", (text, expected) => {
    expect(scrubPieces([text])).toBe(expected);
    expect(scrubPieces([...text])).toBe(expected);
  });

  test.each([
    "https://x.com/?api_key=YOUR_API_KEY&token=$TOKEN",
    "https://x.com/?page_token=abcdef1234567890&key=name&code=200",
    "https://medium.com/@ann/post-10.0.0.1",
    "https://user@host.example.com:8080/x",
    "https://x.com/?next=1",
  ])("keep the rest: %s", (text) => {
    expect(scrubPieces([text])).toBe(text);
    expect(scrubPieces([...text])).toBe(text);
  });

  test("have their secrets asked for whole where something else stands for them", () => {
    const values: string[] = [];
    const replace = (_: string, value: string) => `[${values.push(value)}]`;
    const long = "ab1".repeat(100);
    const text = `https://u:p4@h/?secret=${long}&key=${key}`;
    const scrubber = new Scrubber(allRules, { replace });
    let out = "";
    for (const sign of text) out += scrubber.push(sign);
    expect(out + scrubber.end()).toBe("https://u:[1]@h/?secret=[2]&key=[3]");
    expect(values).toEqual(["p4", long, key]);
  });
});

describe("what stands around a value", () => {
  test.each([
    ["_10.8.9.1_ and __4111111111111111__", "_<IP>_ and __<CREDIT_CARD>__"],
    ["_ann@example.com_, ***10.8.9.1***", "_<EMAIL_ADDRESS>_, ***<IP>***"],
    ["~~555-123-4567~~ `10.8.9.1` _488-23-3729_", "~~<PHONE_NUMBER>~~ `<IP>` _<US_SSN>_"],
    [String.raw`ann\_lee@example.com, 555\-123\-4567, 10\.8\.9\.1`, "<EMAIL_ADDRESS>, <PHONE_NUMBER>, <IP>"],
    [String.raw`"x\n10.8.9.1\tann\u0040example.com"`, String.raw`"x\n<IP>\t<EMAIL_ADDRESS>"`],
    ["**ann**@example.com, `ann`@`example.com`", "**<EMAIL_ADDRESS>, `<EMAIL_ADDRESS>`"],
    ["*ann*@example.com ann@**example**.com __ann__@example.com", "*<EMAIL_ADDRESS> <EMAIL_ADDRESS> __<EMAIL_ADDRESS>"],
    ["<b>ann</b>@example.com, ann<wbr>@<em>example</em>.com", "<b><EMAIL_ADDRESS>, <EMAIL_ADDRESS>"],
    ["10.**8**.9.1 and **(555)** 123-**4567**.", "<IP> and **<PHONE_NUMBER>**."],
    ["4111 **1111** 1111 ~~1111~~, SSN **488**-23-3729", "<CREDIT_CARD>~~, SSN **<US_SSN>"],
    ["DE89 **3704** 0044 0532 0130 00 ghp_**abcdefghijklmnopqrstuvwxyz0123456789**", "<IBAN> <API_KEY>**"],
    ["(`_10.8.9.1_`, **_ann@example.com_**)", "(`_<IP>_`, **_<EMAIL_ADDRESS>_**)"],
    ["SSN is488-23-3729", "SSN is<US_SSN>"],
    ["phone555-123-4567, IP10.8.9.1, card4111111111111111", "phone<PHONE_NUMBER>, IP<IP>, card<CREDIT_CARD>"],
  ])("hides nothing: %s", (text, expected) => {
    expect(scrubPieces([text])).toBe(expected);
    expect(scrubPieces([...text])).toBe(expected);
  });

  test.each([
    "kernel 5.15.0.91",
    "Linux 6.1.0.13",
    "Chrome/120.0.6099.109 Firefox 115.0.2.1",
    "java 11.0.2.9",
    "Take the 5 Star Drive tour",
    "a 5 Mile Run, a 10 Minute Drive, a 12 Hour Drive, a 2 Way Street, a 6 Lane Highway",
    'App 12.4.0.118, Slack 4.29.1.2, foo==1.2.3.4, [assembly: AssemblyVersion("1.0.0.0")], oid 1.3.6.1',
    "**bold**text, 5**6**7, a*b*c, f<T>(x), 4111********1111, ***-**-3729, 2024**-12-**31",
    "a part ab12.34.56.78, snake_case_4 and v1.2.3.4",
  ])("makes nothing an entity: %s", (text) => {
    expect(scrubPieces([text])).toBe(text);
  });
});

describe("what a value is written with", () => {
  test.each([
    ["ann%40example.com, ann%2Blee%40example.com", "<EMAIL_ADDRESS>, <EMAIL_ADDRESS>"],
    [
      "ann&#64;example.com ann&#x40;example.com ann&commat;example.com;",
      "<EMAIL_ADDRESS> <EMAIL_ADDRESS> <EMAIL_ADDRESS>;",
    ],
    ["555%20123%204567 DE89&nbsp;3704&nbsp;0044&nbsp;0532&nbsp;0130&nbsp;00.", "<PHONE_NUMBER> <IBAN>."],
    [
      "ann&amp;#64;example.com ann%2540example.com ann&shy;@example.com",
      "<EMAIL_ADDRESS> <EMAIL_ADDRESS> <EMAIL_ADDRESS>",
    ],
    [
      "ann\u200e@example.com ann\u034f@exam\ufe0fple.com ann\ufe6bexample.com",
      "<EMAIL_ADDRESS> <EMAIL_ADDRESS> <EMAIL_ADDRESS>",
    ],
    ["４１１１ １１１１ １１１１ １１１１", "<CREDIT_CARD>"],
    ["ann\u200b@example.com 10.\u200b8.9.1 4111\u20601111\u00ad1111\ufeff1111", "<EMAIL_ADDRESS> <IP> <CREDIT_CARD>"],
    ["ann＠example.com １０．８．９．１ ４１１１１１１１１１１１１１１１", "<EMAIL_ADDRESS> <IP> <CREDIT_CARD>"],
    ["x-functions-key: abcdef1234567890abcdef", "x-functions-key: <API_KEY>"],
    ["Ocp-Apim-Subscription-Key: 0123456789abcdef0123456789abcdef", "Ocp-Apim-Subscription-Key: <API_KEY>"],
    ["Set-Cookie: sid=abc1234567890def; Path=/", "Set-Cookie: sid=<API_KEY>; Path=/"],
    [
      'DB_PASSWORD=hunter2xyz "password": "hunter2xyz", pwd: hunter2.',
      'DB_PASSWORD=<API_KEY> "password": "<API_KEY>", pwd: <API_KEY>.',
    ],
  ])("hides nothing: %s", (text, expected) => {
    expect(scrubPieces([text])).toBe(expected);
    expect(scrubPieces([...text])).toBe(expected);
  });

  test.each([
    "12::34, 10:30::45 and 1:2:3:4:5:6:7:8",
    "§ 1.2.3.4 and §1.2.3.4",
    "+100 200 300 points",
    "100%40 off, AT&T; R&D; 5 &amp; 6 &nbsp; 50% of 2024",
    "password: required, passwords: 2024, pwd: $PWD, password: hidden",
    "👩\u200d👩\u200d👧 soft\u00adhyphen ＡＢＣ，１２３",
  ])("makes nothing an entity: %s", (text) => {
    expect(scrubPieces([text])).toBe(text);
    expect(scrubPieces([...text])).toBe(text);
  });
});
