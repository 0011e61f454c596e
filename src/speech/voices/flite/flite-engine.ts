/** What came of one run of Flite. */
export interface FliteOutput {
  /** Samples: signed 16-bit little-endian, one channel. */
  pcm: Uint8Array;
  sampleRate: number;
  /** Phones and the time at which each ends, in s: `hh:0.212 ax:0.261`. */
  phones: string;
}

/** One text for Flite. */
export interface FliteInput {
  text: string;
  /** `rms`, `slt`, `awb`, `kal16`, `kal`. */
  voice: string;
  /** More of its arguments, such as `--setf` and `duration_stretch=0.8`. */
  settings: readonly string[];
}

/** Flite, ready to run. */
export interface FliteEngine {
  /** Speaks a text. It takes as long as it takes: to be called in a worker. */
  speak(input: FliteInput): FliteOutput;
  /** How many phones each word has, each spoken alone; `undefined` where that is not known. */
  phonesOf(words: readonly string[]): number[] | undefined;
}

/**
 * Runs Flite's WebAssembly (a WASI command, so each run is a new instance) with its files in memory.
 *
 * It uses nothing from outside itself: a worker is started from its source text, so that a bundle of this package needs no
 * second file beside it.
 */
export function createFliteEngine(module: WebAssembly.Module): FliteEngine {
  const OUT = "out.wav";
  const FILE = 4;
  const ROOT = 3;
  const NO_SUCH_FILE = 44;
  const BAD_DESCRIPTOR = 8;

  /** One run: WASI's preview 1 as far as Flite uses it (https://github.com/WebAssembly/WASI, legacy/preview1). */
  class Run {
    #memory: WebAssembly.Memory | undefined;
    readonly #words: Uint8Array[];
    #file = new Uint8Array(1 << 17);
    #size = 0;
    #at = 0;
    printed = "";

    constructor(words: readonly string[]) {
      const encoder = new TextEncoder();
      this.#words = words.map((word) => encoder.encode(`${word}\0`));
    }

    get file(): Uint8Array {
      return this.#file.subarray(0, this.#size);
    }

    start(): void {
      const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.#imports() });
      const { memory, _start: main } = instance.exports;
      if (!(memory instanceof WebAssembly.Memory) || typeof main !== "function") throw new Error("not a WASI command");
      this.#memory = memory;
      try {
        main();
      } catch (thrown) {
        if (!(thrown instanceof Exit)) throw thrown;
        if (thrown.code !== 0) throw new Error(`Flite ended with code ${thrown.code}: ${this.printed.trim()}`);
      }
    }

    get #view(): DataView {
      return new DataView(this.#buffer);
    }

    get #buffer(): ArrayBuffer {
      if (this.#memory === undefined) throw new Error("it has not started");
      return this.#memory.buffer as ArrayBuffer;
    }

    #imports(): WebAssembly.ModuleImports {
      return {
        ...this.#argumentCalls(),
        ...this.#descriptorCalls(),
        ...this.#fileCalls(),
        clock_time_get: (_clock: number, _precision: bigint, time: number) => {
          this.#view.setBigUint64(time, 0n, true);
          return 0;
        },
        proc_exit: (code: number) => {
          throw new Exit(code);
        },
      };
    }

    #argumentCalls(): WebAssembly.ModuleImports {
      return {
        args_sizes_get: (count: number, size: number) => {
          this.#view.setUint32(count, this.#words.length, true);
          this.#view.setUint32(
            size,
            this.#words.reduce((sum, word) => sum + word.length, 0),
            true,
          );
          return 0;
        },
        args_get: (pointers: number, start: number) => {
          let at = start;
          for (const [index, word] of this.#words.entries()) {
            this.#view.setUint32(pointers + 4 * index, at, true);
            new Uint8Array(this.#buffer).set(word, at);
            at += word.length;
          }
          return 0;
        },
      };
    }

    #descriptorCalls(): WebAssembly.ModuleImports {
      return {
        fd_close: () => 0,
        fd_fdstat_get: (descriptor: number, stat: number) => {
          const kind = descriptor === ROOT ? 3 : descriptor < ROOT ? 2 : 4;
          this.#view.setUint8(stat, kind);
          this.#view.setUint16(stat + 2, 0, true);
          this.#view.setBigUint64(stat + 8, 0xffff_ffffn, true);
          this.#view.setBigUint64(stat + 16, 0xffff_ffffn, true);
          return 0;
        },
        fd_fdstat_set_flags: () => 0,
        fd_prestat_get: (descriptor: number, stat: number) => {
          if (descriptor !== ROOT) return BAD_DESCRIPTOR;
          this.#view.setUint8(stat, 0);
          this.#view.setUint32(stat + 4, 1, true);
          return 0;
        },
        fd_prestat_dir_name: (_descriptor: number, path: number) => {
          this.#view.setUint8(path, 0x2f);
          return 0;
        },
      };
    }

    #fileCalls(): WebAssembly.ModuleImports {
      return {
        fd_read: (_descriptor: number, _vectors: number, _count: number, read: number) => {
          this.#view.setUint32(read, 0, true);
          return 0;
        },
        fd_seek: (descriptor: number, offset: bigint, whence: number, position: number) => {
          if (descriptor !== FILE) return BAD_DESCRIPTOR;
          this.#at = Number(offset) + (whence === 1 ? this.#at : whence === 2 ? this.#size : 0);
          this.#view.setBigUint64(position, BigInt(this.#at), true);
          return 0;
        },
        fd_write: (descriptor: number, vectors: number, count: number, written: number) =>
          this.#write(descriptor, vectors, count, written),
        path_open: (...[, , path, length, , , , , opened]: number[]) => {
          const name = new TextDecoder().decode(new Uint8Array(this.#buffer, path, length));
          if (name !== OUT || opened === undefined) return NO_SUCH_FILE;
          this.#at = 0;
          this.#view.setUint32(opened, FILE, true);
          return 0;
        },
      };
    }

    #write(descriptor: number, vectors: number, count: number, written: number): number {
      let total = 0;
      for (let index = 0; index < count; index++) {
        const at = this.#view.getUint32(vectors + 8 * index, true);
        const length = this.#view.getUint32(vectors + 8 * index + 4, true);
        const bytes = new Uint8Array(this.#buffer, at, length);
        if (descriptor === FILE) this.#append(bytes);
        else this.printed += new TextDecoder().decode(bytes);
        total += length;
      }
      this.#view.setUint32(written, total, true);
      return 0;
    }

    #append(bytes: Uint8Array): void {
      const end = this.#at + bytes.length;
      if (end > this.#file.length) {
        const larger = new Uint8Array(end * 2);
        larger.set(this.#file);
        this.#file = larger;
      }
      this.#file.set(bytes, this.#at);
      this.#at = end;
      this.#size = Math.max(this.#size, end);
    }
  }

  class Exit {
    readonly code: number;

    constructor(code: number) {
      this.code = code;
    }
  }

  function run(words: readonly string[]): Run {
    const flite = new Run(["flite", ...words]);
    flite.start();
    return flite;
  }

  return {
    speak({ text, voice, settings }) {
      const { file, printed } = run(["-voice", voice, ...settings, "-psdur", "-t", text, "-o", OUT]);
      if (file.length < 44) throw new Error("Flite made no audio");
      const sampleRate = new DataView(file.buffer).getUint32(24, true);
      return { pcm: file.slice(44), sampleRate, phones: printed.trim() };
    },
    phonesOf(words) {
      // Each word is a sentence, so that a pause stands between the phones of two.
      const { printed } = run(["-voice", "kal", "-ps", "-t", `${words.join(". ")}.`, "-o", "none"]);
      const counts = printed
        .split(/\bpau\b/)
        .map((phones) => phones.trim())
        .filter((phones) => phones !== "")
        .map((phones) => phones.split(/\s+/).length);
      return counts.length === words.length ? counts : undefined;
    },
  };
}
