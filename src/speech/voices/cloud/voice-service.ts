import type { ErrorResponse } from "../../../dialects/dialect.js";
import type { HttpCall } from "../../../models/http/http-call.js";
import { HttpService, type HttpServiceOptions } from "../../../models/http/http-service.js";
import type { ResponseHead } from "../../../models/http/transport.js";
import { defaultEnvironment, firstSet } from "../../../models/provider-environment.js";
import { RETRY, TIMEOUTS } from "../../../stream/call-options.js";
import { type Check, clock, filledString, jsonObject, stringRecord, transport } from "../../../stream/checks.js";
import { SluiceError } from "../../../stream/error.js";

/** How calls to a service of speech are made; all of it has defaults. */
export interface VoiceServiceOptions
  extends Partial<Pick<HttpServiceOptions, "baseUrl" | "timeouts" | "retry" | "transport" | "clock" | "headers">> {
  /** The service's key. Default: from the environment. */
  apiKey?: string;
  /** Where variables are read. Default: that of the process. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** What these settings may hold. */
export const VOICE_SERVICE_FIELDS = {
  baseUrl: filledString,
  apiKey: filledString,
  timeouts: TIMEOUTS,
  retry: RETRY,
  transport,
  clock,
  headers: stringRecord,
  env: jsonObject,
} satisfies Record<keyof VoiceServiceOptions, Check>;

/** Where a service is and how it lets somebody in. */
export interface VoiceServiceTerms {
  /** The service's name, for errors. */
  name: string;
  /** Where it usually is; absent for servers of one's own. */
  baseUrl?: string;
  /** Variables that say where it is. */
  baseUrlEnv?: readonly string[];
  /** Variables that hold its key. */
  keyEnv: readonly string[];
  /** Whether it needs a key. Default true. */
  keyRequired?: boolean;
  /** The headers in which the key is sent. */
  auth(key: string): Readonly<Record<string, string>>;
  /** What an answer other than a success means. */
  readError(response: ErrorResponse): SluiceError;
}

/** One request. */
export interface VoiceRequest {
  method?: "GET" | "POST";
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as it is, or as JSON where it is an object. */
  body?: string | Uint8Array<ArrayBuffer> | Readonly<Record<string, unknown>>;
  signal?: AbortSignal | undefined;
}

/** The answer of a service, as it comes. */
export interface VoiceAnswer {
  head: ResponseHead;
  /** Leaving it closes the connection. */
  bytes: AsyncGenerator<Uint8Array, void, undefined>;
}

/** A service that speaks or listens: its address and key from settings or environment, its limits and retries. */
export class VoiceService {
  /** The key, where there is one. */
  readonly key: string | undefined;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly #service: HttpService;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #id: string;
  readonly #readError: (response: ErrorResponse) => SluiceError;
  readonly #calls: Pick<VoiceServiceOptions, "timeouts" | "retry" | "transport" | "clock">;

  /**
   * @param id the voice, for errors.
   * @throws {SluiceError} `missing-key` with the variable to set; `invalid-argument` for an invalid address.
   */
  constructor(id: string, options: VoiceServiceOptions, terms: VoiceServiceTerms) {
    const { env = defaultEnvironment(), apiKey, headers, timeouts, retry, transport, clock } = options;
    const baseUrl = options.baseUrl ?? firstSet(terms.baseUrlEnv ?? [], env)?.value ?? terms.baseUrl;
    this.key = apiKey ?? firstSet(terms.keyEnv, env)?.value;
    if (this.key === undefined && terms.keyRequired !== false) {
      throw new SluiceError("missing-key", `${terms.name} needs a key: set ${terms.keyEnv[0]}, or give apiKey`);
    }
    if (baseUrl === undefined) {
      const variable = terms.baseUrlEnv?.[0];
      throw new SluiceError("missing-key", `${terms.name} needs an address: set ${variable}, or give baseUrl`);
    }
    this.#id = id;
    this.baseUrl = baseUrl.replace(/(?<!\/)\/+$/, "");
    this.#headers = { ...(this.key !== undefined && terms.auth(this.key)), ...headers };
    this.#readError = terms.readError;
    this.#calls = {
      ...(timeouts !== undefined && { timeouts }),
      ...(retry !== undefined && { retry }),
      ...(transport !== undefined && { transport }),
      ...(clock !== undefined && { clock }),
    };
    this.#service = new HttpService({
      baseUrl,
      ...this.#calls,
    });
  }

  /**
   * Sends a request; again, where that may help, until the first bytes are there.
   *
   * @throws {SluiceError} as every call of a service; `cancelled` when the signal is aborted.
   */
  async open({ method = "POST", path, headers, body, signal }: VoiceRequest): Promise<VoiceAnswer> {
    const json = typeof body === "object" && !(body instanceof Uint8Array);
    const own = json ? { "content-type": "application/json" } : {};
    const request = {
      ...this.#service.request(method, path, own, headers, this.#headers),
      ...(body !== undefined && { body: json ? JSON.stringify(body) : body }),
    };
    const call = this.#service.call(this.#id, request, this.#readError, {});
    if (signal?.aborted) throw cancelled(signal);
    const onAbort = () => call.cancel(cancelled(signal));
    const done = () => signal?.removeEventListener("abort", onAbort);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const { head, first } = await call.run(async (begun) => ({ head: begun.head, first: await firstOf(call) }));
      return { head, bytes: rest(call, first, done) };
    } catch (thrown) {
      done();
      throw thrown;
    }
  }

  /** Sends a request and reads the whole answer as text. */
  async text(request: VoiceRequest): Promise<string> {
    const { bytes } = await this.open(request);
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of bytes) {
      text += decoder.decode(piece, { stream: true });
      if (text.length > MAX_TEXT)
        throw new SluiceError("frame-too-large", `an answer of more than ${MAX_TEXT} characters`);
    }
    return text + decoder.decode();
  }

  /**
   * Posts a form to another address of the same owner, as for a token, without the key.
   *
   * @throws {SluiceError} as `open`.
   */
  async postForm(url: string, form: string, signal: AbortSignal | undefined): Promise<string> {
    const { origin, pathname } = new URL(url);
    const terms = { name: this.#id, baseUrl: origin, keyEnv: [], keyRequired: false, auth: () => ({}) };
    const other = new VoiceService(
      this.#id,
      { ...this.#calls, baseUrl: origin, env: {} },
      { ...terms, readError: this.#readError },
    );
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return other.text({ path: pathname, headers, body: form, signal });
  }

  /** Some services answer with an error and status 200: JSON where audio was asked for. */
  async refuseJson({ head, bytes }: VoiceAnswer): Promise<void> {
    if (!/^application\/([\w.-]+\+)?json\b/.test(head.headers["content-type"] ?? "")) return;
    const decoder = new TextDecoder();
    let body = "";
    for await (const piece of bytes) {
      body += decoder.decode(piece, { stream: true });
      if (body.length > MAX_ERROR) break;
    }
    throw this.#readError({ ...head, body }).with({ model: this.#id });
  }
}

/** A minute of audio in base64 and more. */
const MAX_TEXT = 64 * 1024 * 1024;
const MAX_ERROR = 1024 * 1024;

async function firstOf(call: HttpCall): Promise<readonly Uint8Array[]> {
  for (;;) {
    const pieces = call.take();
    if (pieces.length > 0) return pieces;
    if (call.over) {
      if (call.failure !== undefined) throw call.failure;
      return [];
    }
    await call.wait();
  }
}

async function* rest(
  call: HttpCall,
  first: readonly Uint8Array[],
  done: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* first;
    for (;;) {
      const pieces = call.take();
      yield* pieces;
      if (pieces.length > 0) continue;
      if (call.over) {
        if (call.failure !== undefined) throw await call.fail(call.failure);
        call.finish();
        return;
      }
      await call.wait();
    }
  } finally {
    done();
    // Does nothing where the answer is complete.
    call.cancel(new SluiceError("cancelled", "the rest of the answer is not wanted"));
  }
}

function cancelled(signal: AbortSignal | undefined): SluiceError {
  return new SluiceError("cancelled", "the call was cancelled", { cause: signal?.reason });
}
