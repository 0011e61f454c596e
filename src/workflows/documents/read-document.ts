import { extname } from "node:path";
import { mediaTypeOf } from "../../base/media-type.js";
import { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";

/** The text of a document. */
export interface DocumentText {
  text: string;
  /** Of a PDF: each page. */
  pages?: string[];
  /** What it is: text, markdown, html, pdf, docx, image. */
  kind: string;
  /** What read it. */
  method: string;
}

const TEXTS = new Set([
  ".txt",
  ".text",
  ".csv",
  ".tsv",
  ".json",
  ".jsonl",
  ".xml",
  ".yaml",
  ".yml",
  ".log",
  ".rst",
  ".srt",
  "",
]);

/**
 * The text of a document: plain text, Markdown, HTML, PDF or DOCX. A picture has none: `kind` is then `image`.
 *
 * @throws {SluiceError} `unsupported` for another kind, and where the package that reads it is not installed;
 *   `invalid-argument` for a file that is damaged.
 */
export async function readDocument(data: Uint8Array, name: string): Promise<DocumentText> {
  const ending = extname(name).toLowerCase();
  const mediaType = mediaTypeOf(data, name) ?? "";
  if (mediaType === "application/pdf" || ending === ".pdf") return readPdf(data, name);
  if (ending === ".docx") return readDocx(data, name);
  if (mediaType.startsWith("image/")) return { text: "", kind: "image", method: "none" };
  if (ending === ".html" || ending === ".htm") return readHtml(plainText(data, name));
  if (ending === ".md" || ending === ".markdown")
    return { text: plainText(data, name), kind: "markdown", method: "text" };
  if (TEXTS.has(ending) || mediaType.startsWith("text/"))
    return { text: plainText(data, name), kind: "text", method: "text" };
  throw new SluiceError("unsupported", `${name}: no text is read from ${mediaType || `files of kind ${ending}`}`, {
    field: "file_path",
  });
}

/** UTF-8, or UTF-16 where a byte order mark says so. */
function plainText(data: Uint8Array, name: string): string {
  const [a, b] = data;
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(data);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch (cause) {
    throw new SluiceError("invalid-argument", `${name} is no UTF-8 text`, { field: "file_path", cause });
  }
}

async function readPdf(data: Uint8Array, name: string): Promise<DocumentText> {
  const { getDocumentProxy, extractText } = await loadPeer("unpdf", "reading PDF");
  try {
    // The reader takes the bytes away from whoever gave them.
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(data)), { mergePages: false });
    return { text: text.join("\n\n"), pages: text, kind: "pdf", method: "unpdf" };
  } catch (cause) {
    throw damaged(name, "PDF", cause);
  }
}

async function readDocx(data: Uint8Array, name: string): Promise<DocumentText> {
  const { default: mammoth } = await loadPeer("mammoth", "reading DOCX");
  try {
    const { value } = await mammoth.extractRawText({ buffer: Buffer.from(data) });
    return { text: value, kind: "docx", method: "mammoth" };
  } catch (cause) {
    throw damaged(name, "DOCX", cause);
  }
}

async function readHtml(html: string): Promise<DocumentText> {
  const { convert } = await loadPeer("html-to-text", "reading HTML");
  const options = {
    wordwrap: false as const,
    selectors: [
      { selector: "img", format: "skip" },
      { selector: "a", options: { ignoreHref: true } },
    ],
  };
  return { text: convert(html, options), kind: "html", method: "html-to-text" };
}

function damaged(name: string, kind: string, cause: unknown): SluiceError {
  return new SluiceError("invalid-argument", `${name} is no ${kind} that can be read`, { field: "file_path", cause });
}
