import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { recogniseWire } from "../../src/dialects/recognise-wire.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";

/** Where the recordings of real providers lie, beside the project. */
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "shared", "recordings");

/** Whether the recordings are there; says so where they are not. */
export function haveRecordings(): boolean {
  if (existsSync(FOLDER)) return true;
  process.stdout.write("skipped: tests that replay recordings of real providers: ../shared/recordings is missing\n");
  return false;
}

/** The recordings below a folder, as the other functions take them. */
export function listRecordings(folder: string): string[] {
  const entries = readdirSync(join(FOLDER, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

/** The recorded answers that can be read whole or in part, by files. */
export function recordedAnswers(): { path: string; dialect: string; events: ChatEvent[] }[] {
  if (!existsSync(FOLDER)) return [];
  return listRecordings("").flatMap((path) => {
    const read = /\.(sse|json|txt)$/.test(path) ? answerIn(loadBody(path)) : undefined;
    return read === undefined ? [] : [{ path, ...read }];
  });
}

/** `undefined` for what is no stream. */
function answerIn(text: string): { dialect: string; events: ChatEvent[] } | undefined {
  const events: ChatEvent[] = [];
  let dialect = "";
  try {
    const wire = recogniseWire(text);
    dialect = wire.dialect.name;
    const reader = wire.dialect.reader();
    for (const frame of wire.frames) reader.push(frame, (event) => events.push(event));
    reader.end((event) => events.push(event));
  } catch (error) {
    if (!(error instanceof SluiceError || error instanceof SyntaxError)) throw error;
  }
  return events.length > 1 ? { dialect, events } : undefined;
}

/** How a provider frames the objects that a recording has one a line. */
export type Envelope = "data" | "data-done" | "event-data" | "line";

/**
 * A recorded stream as the bytes that were on the wire. Files that end in `.chunks.txt` hold one object a line and are
 * put into their envelope again; all others hold the wire as it was.
 */
export function loadStream(path: string, envelope: Envelope): Uint8Array {
  const text = readFileSync(join(FOLDER, path), "utf8");
  if (!path.endsWith(".chunks.txt")) return new TextEncoder().encode(text);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return new TextEncoder().encode(wrap(lines, envelope));
}

/** A recorded body that was not streamed. */
export function loadBody(path: string): string {
  return readFileSync(join(FOLDER, path), "utf8");
}

function wrap(lines: readonly string[], envelope: Envelope): string {
  switch (envelope) {
    case "data":
      return lines.map((line) => `data: ${line}\n\n`).join("");
    case "data-done":
      return `${lines.map((line) => `data: ${line}\n\n`).join("")}data: [DONE]\n\n`;
    case "event-data":
      return lines.map((line) => `event: ${typeOf(line)}\ndata: ${line}\n\n`).join("");
    case "line":
      return lines.map((line) => `${line}\n`).join("");
    default:
      return envelope satisfies never;
  }
}

function typeOf(line: string): string {
  return /"type"\s*:\s*"([^"]+)"/.exec(line)?.[1] ?? "message";
}
