import { type Clock, systemClock } from "../../base/clock.js";
import { uuid } from "../../base/uuid.js";
import type { Batch, BatchReader } from "../../stream/batch-source.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import {
  anything,
  between,
  type Check,
  clock,
  exactly,
  filledString,
  jsonObject,
  string,
  stringRecord,
  wholeNumber,
} from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { DaprdHttp, type DaprdOptions } from "../daprd/daprd-http.js";
import { StreamMessageWriter } from "./stream-message-writer.js";
import { type Topic, TopicClient } from "./topic-client.js";

/** Settings of `publishStream`. */
export interface PublishOptions extends Topic, DaprdOptions {
  /** What subscribers know the stream by. Default: a random UUID. */
  streamId?: string;
  /** Events of this many ms go out in one message. Default 0: one message for each read of the network. */
  windowMs?: number;
  /**
   * How many events the reader may be ahead of what is going out, beside two reads of the network; and the other way
   * round. Default 1 024. `Infinity` never makes the reader wait; what has not gone out is then kept, however much it is.
   */
  bound?: number;
  /** Of a message's events, in UTF-8; an event that is larger has a message of its own. Default 131 072. */
  maxMessageBytes?: number;
  /** How often a message is tried. Default 3, with 100 and 200 ms between them. */
  attempts?: number;
  /** Default: the machine's. */
  clock?: Clock;
}

const OPTIONS = exactly("publishStream", {
  pubsub: anything,
  topic: anything,
  metadata: stringRecord,
  streamId: anything,
  windowMs: anything,
  bound: anything,
  maxMessageBytes: anything,
  attempts: anything,
  clock,
  endpoint: filledString,
  apiToken: string,
  timeoutMs: wholeNumber(1),
  env: jsonObject,
} satisfies Record<keyof PublishOptions, Check>);

/** A stream that is being published. */
export interface PublishedStream {
  /** What subscribers know it by. */
  id: string;
  /** The same events, to be read or cancelled here. */
  stream: ChatStream;
  /** Settles when the last message was published. Rejects when publishing failed; the stream goes on then. */
  published: Promise<PublishReport>;
}

/** What was published. */
export interface PublishReport {
  /** How many were published. */
  messages: number;
  /** How many are in them. */
  events: number;
}

/**
 * Publishes the events of a stream to a topic of Dapr's pub/sub while it is read here. It begins at once.
 *
 * Messages are published one call after the other; what arrives meanwhile goes out with the next one (one message a
 * read, several in one bulk call). Reader and publisher wait for each other when one is more than `bound` events ahead:
 * whoever does not want to read cancels `stream`, and publishing goes on alone. It also goes on when the reader leaves,
 * and ends early only when the stream fails or is cancelled: subscribers then get its error.
 *
 * @throws {SluiceError} `stream-locked` when the stream has a reader; `invalid-argument`.
 * @example
 * ```ts
 * import { stream } from "sluice";
 * import { publishStream } from "sluice/dapr";
 *
 * const { id, published } = publishStream(stream("openai/gpt-5-mini", "Hi"), { pubsub: "pubsub", topic: "answers" });
 * console.log(id, (await published).messages);
 * ```
 */
export function publishStream(source: ChatStream, options: PublishOptions): PublishedStream {
  OPTIONS(options, "");
  const { pubsub, topic, metadata, streamId: id = uuid(), bound = 1_024, ...rest } = options;
  const { windowMs = 0, maxMessageBytes = 131_072, attempts = 3, clock = systemClock, ...daprd } = rest;
  filledString(pubsub, "pubsub");
  filledString(topic, "topic");
  filledString(id, "streamId");
  between(0, Number.POSITIVE_INFINITY)(windowMs, "windowMs");
  wholeNumber(1)(maxMessageBytes, "maxMessageBytes");
  wholeNumber(1)(attempts, "attempts");
  const client = new TopicClient(
    new DaprdHttp(daprd),
    { pubsub, topic, ...(metadata && { metadata }) },
    attempts,
    clock,
  );
  const [stream, copy] = source.tee({ bound });
  const publisher = new Publisher(copy.batches(), new StreamMessageWriter(id, maxMessageBytes), windowMs, clock);
  const published = publisher.run(client);
  // A promise that nobody awaits must not end the process when it rejects.
  published.catch(() => {});
  return { id, stream, published };
}

/** What came of a read: events, or the error that ended the stream. */
type Read = { batch: Batch } | { error: SluiceError };

class Publisher {
  readonly #source: BatchReader;
  readonly #writer: StreamMessageWriter;
  readonly #windowMs: number;
  readonly #clock: Clock;
  #events = 0;
  #over = false;
  /** A read that is under way. */
  #reading: Promise<Read> | undefined;

  constructor(source: BatchReader, writer: StreamMessageWriter, windowMs: number, clock: Clock) {
    this.#source = source;
    this.#writer = writer;
    this.#windowMs = windowMs;
    this.#clock = clock;
  }

  async run(topic: TopicClient): Promise<PublishReport> {
    try {
      while (!this.#over) {
        this.#accept(await this.#read());
        if (this.#windowMs > 0) await this.#fillWindow();
        else this.#takeWhatIsThere();
        await topic.publish(this.#writer.take());
      }
    } catch (thrown) {
      this.#source.cancel(thrown);
      throw thrown;
    }
    return { messages: this.#writer.count, events: this.#events };
  }

  /** One message for each read that is there already. */
  #takeWhatIsThere(): void {
    while (!this.#over) {
      this.#writer.cut();
      const read = this.#read();
      if (read instanceof Promise) return;
      this.#accept(read);
    }
  }

  /** One message of what comes until the window is over. */
  async #fillWindow(): Promise<void> {
    let callOff = () => {};
    const closed = new Promise<undefined>((resolve) => {
      callOff = this.#clock.after(this.#windowMs, () => resolve(undefined));
    });
    while (!this.#over) {
      const read = await Promise.race([this.#read(), closed]);
      if (read === undefined) break;
      this.#accept(read);
    }
    callOff();
    this.#writer.cut();
  }

  #accept(read: Read): void {
    this.#reading = undefined;
    if ("error" in read) {
      this.#writer.fail(read.error);
      this.#over = true;
      return;
    }
    for (const event of read.batch) {
      this.#writer.add(event);
      this.#events++;
      if (event.type === "finish") this.#over = true;
    }
  }

  #read(): Read | Promise<Read> {
    if (this.#reading !== undefined) return this.#reading;
    try {
      const pulled = this.#source.next();
      if (!(pulled instanceof Promise)) return readOf(pulled);
      this.#reading = pulled.then(readOf, failureOf);
      return this.#reading;
    } catch (thrown) {
      return failureOf(thrown);
    }
  }
}

function readOf(batch: Batch | undefined): Read {
  return batch === undefined ? failureOf(new SluiceError("truncated", "the stream ended without a finish")) : { batch };
}

function failureOf(thrown: unknown): Read {
  return { error: SluiceError.from(thrown, "protocol") };
}
