import type { GivenFile } from "../store/records.js";

/** The largest file that is sent, in bytes: the server takes bodies of 32 MiB, and base64 is a third longer. */
const LARGEST = 20 * 1_024 * 1_024;

/** Texts that browsers know no type of. */
const TEXT =
  /\.(?:md|txt|csv|tsv|json|ya?ml|toml|ini|log|tsx?|jsx?|mjs|py|rb|go|rs|java|kt|swift|c|h|cpp|cs|php|sql|sh|css|html|xml|diff|patch)$/i;

/** The files that can be sent, and why others cannot. */
export async function readFiles(files: Iterable<File>): Promise<{ read: GivenFile[]; refused: string }> {
  const read: GivenFile[] = [];
  const refused: string[] = [];
  for (const file of files) {
    if (file.size > LARGEST) refused.push(`${file.name} is larger than 20 MB.`);
    else if (file.size === 0) refused.push(`${file.name} is empty.`);
    else read.push({ name: file.name, mediaType: typeOf(file), data: new Uint8Array(await file.arrayBuffer()) });
  }
  return { read, refused: refused.join(" ") };
}

function typeOf({ name, type }: File): string {
  if (type.startsWith("text/") || TEXT.test(name)) return "text/plain";
  return type || "application/octet-stream";
}
