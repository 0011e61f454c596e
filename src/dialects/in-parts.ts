import type { Emit } from "../stream/chat-event.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import type { Frame } from "../stream/framing/frame.js";
import { loadedCode } from "../stream/loaded-code.js";
import type { CallingDialect, CallTarget, WireReader, WireRequest } from "./dialect.js";
import { isPlainRequest, type PlainRequest } from "./plain-request.js";

/** Reads an answer while it is nothing but text. */
export interface PlainReader<State> extends Pick<WireReader, "ending" | "complete"> {
  /** Where the answer stands, for whoever reads on. */
  readonly state: State;
  /** Takes one frame; returns `false`, and does nothing, where it says more than it can read. */
  push(frame: Frame, emit: Emit): boolean;
  /** As that of `WireReader`. */
  end(emit: Emit): void;
}

/** What a protocol needs to ask in text and be answered in text. */
export interface PlainCodec<State> {
  /** As that of `Dialect`. */
  writeRequest(request: PlainRequest, target: CallTarget): WireRequest;
  /** One for each answer. */
  reader(): PlainReader<State>;
}

/** All of a protocol. */
export interface WholeCodec<State> extends Pick<CallingDialect, "writeRequest" | "readBody" | "readError"> {
  /** Reads an answer: from its beginning, or on from where it stands. */
  reader(state?: State): WireReader;
}

/**
 * A protocol in two parts, for pages that load it: what text needs, and all of it, which is loaded when a request or an
 * answer has more to it. Requests and events are the same either way.
 *
 * @param load loads all of it; called again where it failed.
 */
export function inParts<State>(
  known: Pick<CallingDialect, "name" | "framing" | "optionNames">,
  plain: PlainCodec<State>,
  load: () => Promise<WholeCodec<State>>,
): CallingDialect {
  let loaded: WholeCodec<State> | undefined;
  const code = loadedCode(known.name, load);
  const loadWhole = async (): Promise<WholeCodec<State>> => {
    loaded ??= await code();
    return loaded;
  };
  const whole = (): WholeCodec<State> => {
    if (loaded === undefined) throw new SluiceError("protocol", `${known.name} is used before it was loaded`);
    return loaded;
  };
  return {
    ...known,
    load(request?: ChatRequest) {
      const there = loaded !== undefined || (request !== undefined && isPlainRequest(request));
      return there ? undefined : loadWhole().then(() => {});
    },
    writeRequest(request, target) {
      if (loaded === undefined && isPlainRequest(request)) return plain.writeRequest(request, target);
      return whole().writeRequest(request, target);
    },
    reader: () => loaded?.reader() ?? new ReaderInParts(plain.reader(), loadWhole),
    readBody: (body) => whole().readBody(body),
    readError: (response) => whole().readError(response),
  };
}

/** Reads text as it comes. The first frame that says more waits for the whole reader, and what follows is that reader's. */
class ReaderInParts<State> implements WireReader {
  readonly #plain: PlainReader<State>;
  readonly #load: () => Promise<WholeCodec<State>>;
  #whole: WireReader | undefined;
  #waiting: Frame[] = [];
  #loading: Promise<void> | undefined;

  constructor(plain: PlainReader<State>, load: () => Promise<WholeCodec<State>>) {
    this.#plain = plain;
    this.#load = load;
  }

  get complete(): boolean {
    return (this.#whole ?? this.#plain).complete ?? false;
  }

  get ending(): boolean {
    return (this.#whole ?? this.#plain).ending ?? false;
  }

  get loading(): Promise<void> | undefined {
    return this.#loading;
  }

  push(frame: Frame, emit: Emit): void {
    if (this.#whole !== undefined) this.#whole.push(frame, emit);
    else if (this.#loading !== undefined || !this.#plain.push(frame, emit)) {
      this.#waiting.push(frame);
      this.#loading ??= this.#readWhole(emit);
    }
  }

  end(emit: Emit): void {
    (this.#whole ?? this.#plain).end(emit);
  }

  async #readWhole(emit: Emit): Promise<void> {
    const codec = await this.#load();
    this.#whole = codec.reader(this.#plain.state);
    this.#loading = undefined;
    for (const frame of this.#waiting.splice(0)) this.#whole.push(frame, emit);
  }
}
