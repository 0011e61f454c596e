import type { ChatModel } from "../../stream/chat-model.js";
import { type ErrorCode, SluiceError } from "../../stream/error.js";
import type { ConverseTarget } from "../converse/converse-options.js";
import type { Report } from "../resources/notice.js";
import { type Backend, type BackendCall, type Endpoint, isNobody, mayBeWhole } from "./backend.js";
import { Cached } from "./cached.js";
import { reworded } from "./reworded.js";
import type { RouteRetry } from "./route-attempts.js";
import { METADATA_TTL_MS, type SidecarInfo, silentSidecar } from "./sidecar-info.js";
import { type Pace, wholeModel } from "./whole-model.js";

/** How a sidecar is called, by one of its protocols. */
export interface SidecarCalls {
  /** For the log: HTTP or gRPC. */
  readonly protocol: string;
  readonly baseUrl: string;
  metadata(): Promise<SidecarInfo>;
  /** Answers by ConverseStreamAlpha2, or, asked not to stream, by ConverseAlpha2. */
  alpha2(target: ConverseTarget): ChatModel;
  /** Answers by ConverseAlpha1. */
  alpha1(target: ConverseTarget): ChatModel;
  close(): Promise<void>;
}

/** What a server of something else, or of the other protocol, makes of the first call. */
const FOREIGN: readonly ErrorCode[] = ["malformed-frame", "frame-too-large", "truncated"];

/** A sidecar at one address: a Sluice sidecar, which streams, or a plain daprd. */
export class SidecarBackend implements Backend {
  readonly name: string;
  readonly #calls: SidecarCalls;
  readonly #pace: Pace;
  readonly #report: Report;
  readonly #retry: RouteRetry;
  readonly #endpoint: Cached<Endpoint>;

  constructor(calls: SidecarCalls, pace: Pace, report: Report, retry: RouteRetry) {
    this.name = `the sidecar at ${calls.baseUrl} (${calls.protocol})`;
    this.#calls = calls;
    this.#pace = pace;
    this.#report = report;
    this.#retry = retry;
    this.#endpoint = new Cached(() => this.#ask(), METADATA_TTL_MS, pace.clock);
  }

  open(): Promise<Endpoint> {
    return this.#endpoint.get();
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  async #ask(): Promise<Endpoint> {
    const info = await this.#info();
    return new SidecarEndpoint(this.#calls, this.#pace, this.#retry, info);
  }

  async #info(): Promise<SidecarInfo> {
    try {
      const info = await this.#calls.metadata();
      const streams = info.streams ? "it streams" : "a daprd, which answers whole";
      this.#report({ level: "info", message: `${this.name} answers: ${info.description}; ${streams}` });
      return info;
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      if (FOREIGN.includes(error.code)) {
        const { baseUrl, protocol } = this.#calls;
        const message = `what listens at ${baseUrl} does not answer over ${protocol} as Dapr does: ${error.message}`;
        throw reworded(error, message);
      }
      if (isNobody(error) || error.code === "authentication") throw error;
      // Its metadata may be closed to applications: it may answer conversations all the same.
      this.#report({ level: "warning", message: `${this.name} does not say what it is: ${error.message}` });
      return silentSidecar();
    }
  }
}

/** A sidecar as its last metadata describes it. */
class SidecarEndpoint implements Endpoint {
  readonly components: readonly string[] | undefined;
  readonly #calls: SidecarCalls;
  readonly #pace: Pace;
  readonly #retry: RouteRetry;
  readonly #streams: boolean;
  readonly #takeFiles: readonly string[];
  /** Set once it is known to be an older daprd, without Alpha2. */
  #alpha1Only = false;

  constructor(calls: SidecarCalls, pace: Pace, retry: RouteRetry, { components, streams, takeFiles }: SidecarInfo) {
    this.components = components;
    this.#calls = calls;
    this.#pace = pace;
    this.#retry = retry;
    this.#streams = streams;
    this.#takeFiles = takeFiles;
  }

  takesFiles(component: string): boolean {
    return this.#takeFiles.includes(component);
  }

  routes(given: ConverseTarget, streaming: boolean): BackendCall[] {
    const { protocol } = this.#calls;
    const retry = this.#retry;
    const target = { ...given, zeroIsUnset: !this.#streams };
    const whole = (model: ChatModel) => wholeModel(model, streaming, this.#pace);
    const alpha1: BackendCall = {
      model: whole(this.#calls.alpha1(target)),
      how: `whole over ${protocol}, by Alpha1`,
      passesOn: () => false,
      retry,
    };
    if (this.#alpha1Only) return [alpha1];
    const model = this.#calls.alpha2(target);
    const alpha2: BackendCall = {
      model: whole(model),
      how: `whole over ${protocol}`,
      passesOn: ({ code }) => {
        this.#alpha1Only = code === "unsupported";
        return this.#alpha1Only;
      },
      retry,
    };
    if (!streaming || !this.#streams) return [alpha2, alpha1];
    return [{ model, how: `streamed over ${protocol}`, passesOn: mayBeWhole, retry }, alpha2, alpha1];
  }
}
