import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Names of products, protocols and standards. */
const PROPER = new Set(
  `anthropic azure cartesia eleven espeak flite fvad gemini google labs llama mermaid ollama open postgres python redis sdk
  sherpa sluice sqlite stdio svg undici xtts`.split(/\s+/),
);

/** Words that mean in a name what they mean in any program. */
const PLAIN = new Set(
  `add aliases all alpha append approve broken builder built choice chosen collect complete completion concurrency
  config converse counter create custom decline deep default definition delivery deny describe details dictionary
  difference differences direction dot edit element env environment estimate exact execute expected features fetch find
  fits flags found generate generated get handler hash hit infer info interactions invocation issue item language
  library load loaded local locale match media member meter mode native new notice object outcome params parse parser
  pipeline pool port progress prompt properties publish published query recognise recognised register rejected remember
  remembering rendered reply rerun resolver respond resume return root row rules runtime search settings short sink
  speaker spec specs split splitter stop streamer stringify subscribe subscription summarise system timeouts total touch
  validate validation variable version watcher wrapper`.split(/\s+/),
);

/** Names that the package exports, by any of its subpaths. */
function publicNames(): string[] {
  const names = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("index.ts"))
    .map((file) => `src/${file}`)
    .flatMap((file) =>
      [...readFileSync(`${root}${file}`, "utf8").matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
        list.split(",").map((name) => name.replace("type ", "").trim().split(" as ").at(-1) ?? ""),
      ),
    );
  return [...new Set(names)].filter((name) => name !== "");
}

/** `SseReader` is `sse reader`. */
function wordsOf(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
}

describe("the vocabulary", () => {
  const page = readFileSync(`${root}docs/vocabulary.md`, "utf8");
  const terms = page.toLowerCase();
  const isTerm = (word: string) =>
    new RegExp(`\\b${word.replace(/(e?s|e?d|ing|able)$/, "")}(e|s|es|d|ed|ing)?\\b`).test(terms);

  it("explains each word of each public name", () => {
    const names = publicNames();
    const unknown = names.flatMap((name) =>
      wordsOf(name)
        .filter((word) => word.length > 2 && !PROPER.has(word) && !PLAIN.has(word) && !isTerm(word))
        .map((word) => `${word} (${name})`),
    );
    expect(names.length).toBeGreaterThan(500);
    expect(unknown).toEqual([]);
  });

  it("has each term once, and points to what is there", () => {
    const listed = [...page.matchAll(/^\| ([^|]+?) \|/gm)].map(([, term = ""]) => term);
    const rows = listed.filter((term) => !/^(term|-+)$/i.test(term));
    expect(rows.length).toBeGreaterThan(150);
    expect(rows.filter((term, at) => rows.indexOf(term) !== at)).toEqual([]);
    const paths = [...page.matchAll(/`(src\/[^`]+)`/g)].map(([, path = ""]) => path);
    expect(paths.filter((path) => !existsSync(root + path))).toEqual([]);
  });
});
