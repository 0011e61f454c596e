const SEPARATOR = "\n---";

/** Cuts a file into its YAML documents as daprd does: at each line that begins with `---`; the rest of that line is dropped. */
export function splitDocuments(file: string): string[] {
  // Any of YAML's line ends is one (YAML 1.1, 4.2); a byte order mark is not part of the text.
  const text = file.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const documents: string[] = [];
  let from = 0;
  while (from < text.length) {
    const at = text.indexOf(SEPARATOR, from);
    if (at === -1) {
      documents.push(text.slice(from));
      break;
    }
    documents.push(text.slice(from, at));
    const lineEnd = text.indexOf("\n", at + SEPARATOR.length);
    if (lineEnd === -1) break;
    from = lineEnd + 1;
  }
  return documents;
}
