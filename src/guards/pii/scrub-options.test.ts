import { describe, expect, test } from "vitest";
import { allRules, scrub, scrubPieces } from "../../../test/support/scrub.js";
import type { ScrubOptions } from "./scrub-options.js";
import { Scrubber } from "./scrubber.js";

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
