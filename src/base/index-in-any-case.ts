/**
 * Where a part stands in a text, however its letters are written; -1 where it does not. An index of the text itself: some letters are
 * longer in their small form.
 */
export function indexInAnyCase(text: string, part: string): number {
  return text.search(new RegExp(part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "iu"));
}
