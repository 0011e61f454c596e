/** Words that say nothing about what a value is. */
const EMPTY = new Set(["get", "the", "a", "an", "of", "to", "and", "step", "all"]);

/** The words of a name in a form that can be compared: `processed_docs` is `process` and `document`. */
export function wordsOf(name: string): Set<string> {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !EMPTY.has(word));
  return new Set(words.map(stem));
}

/** Singular, without the endings of verbs, and long for short. */
function stem(word: string): string {
  const singular = word.length > 3 && word.endsWith("s") && !/(?:ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
  const plain = singular.length > 6 ? singular.replace(/(?:ed|ing)$/, "") : singular;
  return SHORT.get(plain) ?? plain;
}

const SHORT = new Map([
  ["doc", "document"],
  ["msg", "message"],
  ["img", "image"],
  ["info", "information"],
]);

/** Whether every word of one name is among those of another. */
export function within(words: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return words.size > 0 && [...words].every((word) => others.has(word));
}
