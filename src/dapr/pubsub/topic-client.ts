import { type Clock, wait } from "../../base/clock.js";
import { isJsonObject, parseJson } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { type DaprdAnswer, type DaprdHttp, daprdError } from "../daprd/daprd-http.js";
import type { WrittenMessage } from "./stream-message-writer.js";

/** What goes out in one call at most: daprd takes a body of 4 MiB. */
const CALL = { messages: 100, characters: 1_048_576 };

/** The wait before a second try, in ms; it doubles with each further one. */
const FIRST_WAIT_MS = 100;

/** Where messages go. */
export interface Topic {
  /** The name of the component. */
  pubsub: string;
  topic: string;
  /** Sent with each call, for the component: `ttlInSeconds`, or a `partitionKey` where the broker has partitions. */
  metadata?: Readonly<Record<string, string>>;
}

/** Publishes to one topic, by daprd's HTTP API (https://docs.dapr.io/reference/api/pubsub_api/). */
export class TopicClient {
  readonly #daprd: DaprdHttp;
  readonly #topic: Topic;
  readonly #query: Record<string, string>;
  readonly #attempts: number;
  readonly #clock: Clock;

  /** @param attempts how often a message is tried; a broker may then have it twice. */
  constructor(daprd: DaprdHttp, topic: Topic, attempts: number, clock: Clock) {
    this.#daprd = daprd;
    this.#topic = topic;
    this.#query = Object.fromEntries(
      Object.entries(topic.metadata ?? {}).map(([name, value]) => [`metadata.${name}`, value]),
    );
    this.#attempts = attempts;
    this.#clock = clock;
  }

  /**
   * Publishes messages in order: in one call, or as few as daprd takes.
   *
   * @throws {SluiceError} `connect-failed`; `rejected` where daprd refuses them; `provider-error` where it cannot publish.
   */
  async publish(messages: readonly WrittenMessage[]): Promise<void> {
    for (let at = 0; at < messages.length; ) {
      let end = at;
      for (let characters = 0; end < messages.length && end - at < CALL.messages; end++) {
        characters += messages[end]?.text.length ?? 0;
        if (end > at && characters > CALL.characters) break;
      }
      await this.#publishSome(messages.slice(at, end));
      at = end;
    }
  }

  async #publishSome(messages: readonly WrittenMessage[]): Promise<void> {
    let left = messages;
    for (let attempt = 1; ; attempt++) {
      let error: SluiceError;
      try {
        const answer = await this.#send(left);
        if (answer.status >= 200 && answer.status < 300) return;
        error = this.#refused(answer);
        left = failedOf(answer, left);
      } catch (thrown) {
        error = SluiceError.from(thrown);
      }
      if (!error.retryable || attempt >= this.#attempts) throw error;
      await wait(FIRST_WAIT_MS * 2 ** (attempt - 1), this.#clock);
    }
  }

  #send(messages: readonly WrittenMessage[]): Promise<DaprdAnswer> {
    const { pubsub, topic } = this.#topic;
    const path = `${encodeURIComponent(pubsub)}/${topic.split("/").map(encodeURIComponent).join("/")}`;
    const [first, ...more] = messages;
    const post = { method: "POST", query: this.#query } as const;
    if (first !== undefined && more.length === 0) {
      return this.#daprd.call({ ...post, path: `/v1.0/publish/${path}`, body: first.text });
    }
    const entries = messages.map(
      ({ sequence, text }) => `{"entryId":"${sequence}","event":${text},"contentType":"application/json"}`,
    );
    // The alpha path is the one that all versions with bulk publishing have.
    return this.#daprd.call({ ...post, path: `/v1.0-alpha1/publish/bulk/${path}`, body: `[${entries.join(",")}]` });
  }

  #refused(answer: DaprdAnswer): SluiceError {
    const { status } = answer;
    const { errorCode, message } = daprdError(answer);
    const { pubsub, topic } = this.#topic;
    const retryable = status === 429 || status >= 500;
    return new SluiceError(retryable ? "provider-error" : "rejected", `publishing to ${pubsub}/${topic}: ${message}`, {
      retryable,
      status,
      providerMessage: message,
      ...(errorCode !== undefined && { providerCode: errorCode }),
    });
  }
}

/** The messages that a bulk call did not publish: those that daprd names, or all. */
function failedOf({ text }: DaprdAnswer, sent: readonly WrittenMessage[]): readonly WrittenMessage[] {
  const body = textIsJson(text) ? parseJson(text) : undefined;
  if (!isJsonObject(body) || !Array.isArray(body.failedEntries)) return sent;
  const failed = new Set(body.failedEntries.map((entry) => (isJsonObject(entry) ? entry.entryId : undefined)));
  const left = sent.filter(({ sequence }) => failed.has(String(sequence)));
  return left.length > 0 ? left : sent;
}

function textIsJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}
