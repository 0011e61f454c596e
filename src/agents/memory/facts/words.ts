const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** The words of a text in lower case, each once, in any script: Chinese and Thai have no spaces between theirs. */
export function words(text: string): string[] {
  const found = new Set<string>();
  for (const { segment, isWordLike } of segmenter.segment(text.normalize("NFKC").toLowerCase())) {
    if (isWordLike) found.add(segment);
  }
  return [...found];
}
