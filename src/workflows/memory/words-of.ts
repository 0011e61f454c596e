const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** Words in lower case, in any script, cut short so that the forms of one word are one. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text.normalize("NFKC"))) {
    if (isWordLike) words.push(segment.toLowerCase().slice(0, 6));
  }
  return words;
}
