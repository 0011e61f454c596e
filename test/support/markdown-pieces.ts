import fc from "fast-check";

/** The text in pieces of these lengths, in turn. */
export function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, index = 0; at < text.length; index++) {
    const length = lengths[index % lengths.length] ?? 1;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

const SIGNS = [
  "# ",
  "**",
  "*",
  "_",
  "`",
  "```",
  "```js\n",
  "~~~\n",
  "\n",
  "\n\n",
  "- ",
  "1. ",
  "> ",
  "- [ ] ",
  "    ",
  "   ",
];
const MORE = [
  "[a](http://b.c)",
  "[",
  "](",
  "\\",
  "| a | b |\n",
  "|---|---|\n",
  "===\n",
  "---\n",
  "<br>",
  "<div>\n",
  "&amp;",
];
const WORDS = [
  "word",
  " ",
  "two words ",
  "e\u0301",
  "漢字",
  "😀",
  "👨‍👩‍👧",
  "snake_case",
  "2 * 3",
  "10.",
  "word ".repeat(60),
];

/** Random Markdown, in pieces that mean little by themselves. */
export const pieces = fc.array(
  fc.oneof(fc.constantFrom(...SIGNS), fc.constantFrom(...MORE), fc.constantFrom(...WORDS)),
  {
    maxLength: 40,
  },
);
export const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
