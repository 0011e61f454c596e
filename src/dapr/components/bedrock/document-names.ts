/** The most characters of a document's name. */
const LONGEST = 200;

/**
 * Names of the documents of one request, as Bedrock takes them: letters, digits, single blanks, hyphens, parentheses and
 * square brackets, up to 200 characters, each once in all messages, whatever its case.
 *
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
export class DocumentNames {
  readonly #taken = new Set<string>();

  /** The name of the next document. @param filename as it was given; `document` where it was not. */
  next(filename: string | undefined): string {
    const name = filename?.replace(/[^A-Za-z0-9\-()[\]]+/g, " ").trim() || "document";
    let unique = name.slice(0, LONGEST);
    for (let count = 2; this.#taken.has(unique.toLowerCase()); count++) {
      unique = `${name.slice(0, LONGEST - 8)} (${count})`;
    }
    this.#taken.add(unique.toLowerCase());
    return unique;
  }
}
