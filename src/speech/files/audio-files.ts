import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sniffMediaType } from "../../base/sniff-media-type.js";
import { uuid } from "../../base/uuid.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { boolean, exactly, filledString } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { pcmMs } from "../audio/pcm.js";
import { WAV_HEADER_BYTES, wavHeader } from "../audio/wav.js";

/** A file with the audio of one or more sentences. */
export interface AudioFile {
  /** Where it is. */
  path: string;
  /** The sentence's number in the stream, from 0; absent for the file of the whole. */
  sentence?: number;
  /** What is spoken in it. */
  text: string;
  /** What it really is. */
  mediaType: string;
  /** How long it is heard, in ms, where that is known. */
  durationMs?: number;
}

/** Where files go. */
export interface AudioFilesOptions {
  /** The folder in which each run has its own. It is made where it is missing. */
  outputDir: string;
  /** Whether a file with everything is written as well, `speech.wav` or its like. Default false. */
  joinedFile?: boolean;
  /** The name of the run's folder. Default: the time and a random part. */
  run?: string;
}

/** The ends of names, by media type. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  "audio/wav": "wav",
  "audio/mpeg": "mp3",
  "audio/ogg": "ogg",
  "audio/flac": "flac",
  "audio/aac": "aac",
  "audio/mp4": "m4a",
  "video/webm": "webm",
};

/** What these settings may hold, for those who take them among their own. */
export const AUDIO_FILES_FIELDS = {
  outputDir: { required: filledString },
  joinedFile: boolean,
  run: filledString,
};
const OPTIONS = exactly("AudioFiles", AUDIO_FILES_FIELDS);

interface Pending {
  sentence: number;
  text: string;
  mediaType: string;
  sampleRate: number | undefined;
  pieces: Uint8Array[];
}

/**
 * Writes the audio of a spoken stream to files, in order: `chunk_001.wav`, `chunk_002.wav` and so on. Each appears whole or
 * not at all, in the format that its bytes really are, in a folder of the run's own. A run that is stopped leaves the files
 * of the sentences that were complete.
 */
export class AudioFiles {
  readonly #folder: string;
  readonly #joined: JoinedFile | undefined;
  readonly #files: AudioFile[] = [];
  #pending: Pending | undefined;
  #whole: AudioFile | undefined;
  #begun = false;

  /** @throws {SluiceError} `invalid-argument` for unknown options. */
  constructor(options: AudioFilesOptions) {
    OPTIONS(options, "");
    const { outputDir, joinedFile = false, run = runName() } = options;
    this.#folder = join(outputDir, run);
    this.#joined = joinedFile ? new JoinedFile(this.#folder) : undefined;
  }

  /** The run's folder. */
  get folder(): string {
    return this.#folder;
  }

  /** Those that are complete, in order. */
  get files(): readonly AudioFile[] {
    return this.#files;
  }

  /** The file of the whole, once it is complete. */
  get joined(): AudioFile | undefined {
    return this.#whole;
  }

  /**
   * Takes the next event of the spoken stream. Resolves with the file that is complete now, where one is.
   *
   * @throws {SluiceError} `store-failed` when it cannot be written.
   */
  async push(event: ChatEvent): Promise<AudioFile | undefined> {
    if (event.type === "sentence") {
      const written = await this.#write();
      this.#pending = { sentence: event.index, text: event.text, mediaType: "", sampleRate: undefined, pieces: [] };
      return written;
    }
    if (event.type === "audio-delta") {
      this.#pending ??= { sentence: 0, text: "", mediaType: "", sampleRate: undefined, pieces: [] };
      this.#pending.mediaType = event.mediaType;
      this.#pending.sampleRate = event.sampleRate;
      if (event.data.length > 0) this.#pending.pieces.push(event.data);
      return undefined;
    }
    return event.type === "finish" ? this.#write() : undefined;
  }

  /** The stream is over, well or not: the file of the whole appears, with the sentences that were complete. */
  async end(): Promise<AudioFile | undefined> {
    this.#pending = undefined;
    this.#whole ??= await this.#storing(async () => this.#joined?.end());
    return this.#whole;
  }

  async #write(): Promise<AudioFile | undefined> {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined || pending.pieces.length === 0) return undefined;
    return this.#storing(async () => {
      if (!this.#begun) await mkdir(this.#folder, { recursive: true });
      this.#begun = true;
      const { data, mediaType, durationMs } = fileOf(pending);
      const number = String(this.#files.length + 1).padStart(3, "0");
      const path = join(this.#folder, `chunk_${number}.${EXTENSIONS[mediaType] ?? "bin"}`);
      await writeFile(`${path}.part`, data);
      await rename(`${path}.part`, path);
      await this.#joined?.append(pending, mediaType);
      const { sentence, text } = pending;
      const file = { path, sentence, text, mediaType, ...(durationMs !== undefined && { durationMs }) };
      this.#files.push(file);
      return file;
    });
  }

  async #storing<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (cause) {
      throw new SluiceError("store-failed", `the audio could not be written to ${this.#folder}`, { cause });
    }
  }
}

function fileOf({ mediaType, sampleRate, pieces }: Pending): {
  data: Uint8Array;
  mediaType: string;
  durationMs?: number;
} {
  const data = Buffer.concat(pieces);
  if (mediaType !== "audio/pcm") return { data, mediaType: sniffMediaType(data) ?? mediaType };
  const rate = sampleRate ?? 0;
  const file = Buffer.concat([wavHeader(rate, data.length), data]);
  return { data: file, mediaType: "audio/wav", durationMs: pcmMs(data.length, rate) };
}

/** All audio in one file. Samples get one header; formats of frames (MP3, AAC, Ogg) may simply follow one another. */
class JoinedFile {
  readonly #folder: string;
  #path: string | undefined;
  #mediaType = "";
  #sampleRate: number | undefined;
  #bytes = 0;
  readonly #texts: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async append({ pieces, text, mediaType, sampleRate }: Pending, written: string): Promise<void> {
    const path = this.#path ?? join(this.#folder, `speech.${EXTENSIONS[written] ?? "bin"}`);
    const file = await open(`${path}.part`, this.#path === undefined ? "w" : "a");
    try {
      const samples = mediaType === "audio/pcm";
      if (this.#path === undefined && samples) await file.write(new Uint8Array(WAV_HEADER_BYTES));
      this.#path = path;
      for (const piece of pieces) {
        await file.write(piece);
        this.#bytes += piece.length;
      }
      this.#sampleRate = samples ? sampleRate : undefined;
    } finally {
      await file.close();
    }
    this.#mediaType = written;
    if (text !== "") this.#texts.push(text);
  }

  async end(): Promise<AudioFile | undefined> {
    const path = this.#path;
    if (path === undefined) return undefined;
    this.#path = undefined;
    const rate = this.#sampleRate;
    if (rate !== undefined) {
      const file = await open(`${path}.part`, "r+");
      try {
        await file.write(wavHeader(rate, this.#bytes), 0, WAV_HEADER_BYTES, 0);
      } finally {
        await file.close();
      }
    }
    await rm(path, { force: true });
    await rename(`${path}.part`, path);
    const durationMs = rate === undefined ? undefined : pcmMs(this.#bytes, rate);
    const text = this.#texts.join(" ");
    return { path, text, mediaType: this.#mediaType, ...(durationMs !== undefined && { durationMs }) };
  }
}

/** Sorts by time, and is the name of no other run. */
function runName(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return `${time}-${uuid().slice(0, 8)}`;
}
