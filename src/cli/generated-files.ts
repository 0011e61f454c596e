import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { joinBytes } from "../base/join-bytes.js";
import { sniffMediaType } from "../base/sniff-media-type.js";
import { wavHeader } from "../speech/audio/wav.js";
import { SluiceError } from "../stream/error.js";
import type { AudioDeltaEvent } from "../stream/speech-event.js";
import { fileProblem } from "./file-problem.js";

/** The ends of names, by media type; of others, the word behind the slash where it can be one. */
const ENDS: Readonly<Record<string, string>> = {
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/x-wav": "wav",
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
  "text/plain": "txt",
  "text/markdown": "md",
  "text/javascript": "js",
  "video/quicktime": "mov",
};

/** Writes the images and sounds that a model makes to files of a folder. A file that is there is never overwritten. */
export class GeneratedFiles {
  readonly #folder: string;
  readonly #now: () => Date;
  /** A sound that arrives in pieces. */
  #sound: { first: AudioDeltaEvent; pieces: Uint8Array[] } | undefined;

  /** @param folder is made where it is missing. */
  constructor(folder: string, now: () => Date = () => new Date()) {
    this.#folder = resolve(folder);
    this.#now = now;
  }

  /**
   * Writes a file; returns its path. Its bytes say what it is, before what the model says.
   *
   * @throws {SluiceError} `store-failed` when it cannot be written.
   */
  async save(mediaType: string, data: Uint8Array): Promise<string> {
    const type = sniffMediaType(data) ?? mediaType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
    const [kind = "file", word = ""] = type.split("/");
    const end = ENDS[type] ?? (/^[a-z0-9]{1,8}$/.test(word) ? word : "bin");
    const stem = `${stampOf(this.#now())}-${/^(?:image|audio|video)$/.test(kind) ? kind : "file"}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      for (let number = 1; ; number++) {
        const path = join(this.#folder, `${stem}${number === 1 ? "" : `-${number}`}.${end}`);
        if (await writeNew(path, data)) return path;
      }
    } catch (cause) {
      throw new SluiceError("store-failed", `${this.#folder} cannot be written: ${fileProblem(cause)}`, { cause });
    }
  }

  /** Takes a piece of a sound that the model makes itself. */
  pushSound(event: AudioDeltaEvent): void {
    if (event.data.length === 0) return;
    this.#sound ??= { first: event, pieces: [] };
    this.#sound.pieces.push(event.data);
  }

  /**
   * The sound is over: writes it. Returns its path, or `undefined` where there was none.
   *
   * @throws {SluiceError} `store-failed` when it cannot be written.
   */
  async endSound(): Promise<string | undefined> {
    const sound = this.#sound;
    this.#sound = undefined;
    if (sound === undefined) return undefined;
    const { mediaType, sampleRate = 24_000 } = sound.first;
    const data = joinBytes(sound.pieces);
    if (mediaType !== "audio/pcm") return this.save(mediaType, data);
    return this.save("audio/wav", joinBytes([wavHeader(sampleRate, data.length), data]));
  }
}

async function writeNew(path: string, data: Uint8Array): Promise<boolean> {
  try {
    await writeFile(path, data, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function stampOf(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(":", "-");
}
