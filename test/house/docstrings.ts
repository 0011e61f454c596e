import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** What a file makes public: names, or all that it exports. */
export type PublicNames = ReadonlyMap<string, ReadonlySet<string> | "all">;

/** What each file below a folder makes public, by the lists in `index.ts`. Paths are below the folder. */
export function publicNames(root: string): PublicNames {
  const found = new Map<string, Set<string> | "all">();
  const lists = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(?:^|\/)index\.ts$/.test(file),
  );
  for (const list of lists) {
    const source = readFileSync(posix.join(root, list), "utf8");
    for (const [, names, specifier = ""] of source.matchAll(LISTED)) {
      const file = posix.join(posix.dirname(list), specifier).replace(/\.js$/, ".ts");
      const known = found.get(file);
      if (names === undefined) found.set(file, "all");
      else if (known !== "all") found.set(file, new Set([...(known ?? []), ...namesIn(names)]));
    }
  }
  return found;
}

function namesIn(list: string): string[] {
  return list
    .split(",")
    .map(
      (name) =>
        name
          .trim()
          .replace(/^type /, "")
          .split(" as ")[0] ?? "",
    )
    .filter((name) => name !== "");
}

/**
 * The public symbols of a file without a docstring, and the members of public interfaces and classes. What a class has from an
 * interface is explained there; a field with one literal only tells kinds apart; names with underscores are a protocol's.
 */
export function undocumented(source: string, names: ReadonlySet<string> | "all"): string[] {
  const lines = source.split("\n");
  const missing: string[] = [];
  const seen = new Set<string>();
  for (const [at, line] of lines.entries()) {
    const [, kind = "", name = ""] = DECLARED.exec(line) ?? [];
    if (name === "" || seen.has(name) || (names !== "all" && !names.has(name))) continue;
    seen.add(name);
    if (!isExplained(lines, at)) missing.push(name);
    if (kind !== "interface" && (kind !== "class" || / implements /.test(line))) continue;
    for (let row = at + 1; row < lines.length && lines[row] !== "}"; row++) {
      const member = memberOf(lines[row] ?? "");
      if (member === undefined || seen.has(`${name}.${member}`)) continue;
      // The first of several overloads explains them all.
      seen.add(`${name}.${member}`);
      if (!isExplained(lines, row)) missing.push(`${name}.${member}`);
    }
  }
  return missing;
}

/** The lines of code in docstrings that are no example: they would not be compiled. */
export function codeOutsideExamples(source: string): number[] {
  const lines = source.split("\n");
  return lines.flatMap((line, at) => {
    if (!/^ *\* ```ts$/.test(line)) return [];
    return lines[at - 1]?.trim() === "* @example" ? [] : [at + 1];
  });
}

/** What a docstring says in a roundabout way: what "is none" or "is not there" is invalid or unknown. */
export function roundaboutWords(source: string): string[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(([text]) => text.match(ROUNDABOUT) ?? []);
}

/** The name of a member that needs a docstring and is declared in a line, as the formatter leaves it. */
function memberOf(line: string): string | undefined {
  const [, name = "", rest = ""] = MEMBER.exec(line) ?? [];
  if (name === "" || name.includes("_") || OWN.has(name) || /^: "[^"|]*";$/.test(rest)) return undefined;
  return name;
}

function isExplained(lines: readonly string[], at: number): boolean {
  const before = lines[at - 1]?.trim() ?? "";
  return before.startsWith("/* @__") ? isExplained(lines, at - 1) : before.endsWith("*/");
}

/** Numbers that are times by their names, and do not say in which unit. */
export function timesWithoutUnit(source: string): string[] {
  return [...source.matchAll(TIME)]
    .map(([, name = ""]) => name)
    .filter((name) => !/(?:Ms|Seconds|At|PerSecond)$/.test(name));
}

/** What JavaScript knows by itself. */
const OWN = new Set(["constructor", "toString", "toJSON"]);

const ROUNDABOUT =
  /that there (?:is|are) not[.,;]|whose value is none|\b(?:id|option|setting|value|address|number|limit|key|field|name|model)s?(?:\s+\*)?\s+that (?:is|are) none\b/g;
const LISTED = /^export (?:type )?(?:\{([^}]*)\}|\*) from "(\.[^"]+)"/gm;
const DECLARED = /^export (?:declare )?(?:abstract )?(?:async )?(interface|class|function\*?|const|type) (\w+)/;
const MEMBER = /^ {2}(?:readonly |static |async |get |abstract )*\*?(\w+)\??((?:[<(]|: ).*)$/;
const TIME =
  /^ {2,4}(?:readonly )?(\w*(?:timeout|delay|interval|duration|elapsed|latency|lifetime)\w*)\??: number\b(?!\()/gim;
