import { type Clock, systemClock } from "../../base/clock.js";
import { ChatStream } from "../../stream/chat-stream.js";
import {
  anything,
  type Check,
  callable,
  clock,
  exactly,
  filledString,
  limit,
  milliseconds,
  pattern,
  stringRecord,
} from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { ReorderedMessages, type ReorderLimits } from "./reordered-messages.js";
import { readCloudEvent, type StreamMessage } from "./stream-message.js";

/** Settings of `subscribeStream`. */
export interface SubscribeOptions {
  /** The name of the component. */
  pubsub: string;
  /** The topic that `publishStream` writes to. */
  topic: string;
  /** The path that daprd posts to. Default `/sluice/streams/PUBSUB/TOPIC`. */
  route?: string;
  /** Where daprd puts messages that it could not deliver. Default: nowhere. */
  deadLetterTopic?: string;
  /** Of the subscription, for the component. */
  metadata?: Readonly<Record<string, string>>;
  /** Is given each stream that nobody has asked for by its id, once its first message came. */
  onStream?: (stream: ChatStream, id: string) => void;
  /** How long a message may be missing that later ones have overtaken, in ms. Default 30 000. */
  gapMs?: number;
  /** How long a stream may have no message, in ms, and how long one is kept that nobody asks for. Default 120 000. */
  idleMs?: number;
  /** How many events of a stream may be buffered: in order and not read, or out of order. Default 10 000. */
  bound?: number;
  /** Default: the machine's. */
  clock?: Clock;
}

/** A subscription as daprd asks for it: an entry of the answer to `GET /dapr/subscribe`. */
export interface DaprSubscription {
  /** The name of the pub/sub component. */
  pubsubname: string;
  /** The topic. */
  topic: string;
  /** The path to which daprd posts the messages. */
  route: string;
  /** Where daprd puts messages that could not be delivered. */
  deadLetterTopic?: string;
  /** The component's own settings of a subscription. */
  metadata?: Readonly<Record<string, string>>;
}

/** What daprd is to do with a message that it delivered. */
export type Delivery =
  /** It was taken, or was known. */
  | { status: "SUCCESS" }
  /** Its stream holds too much: deliver it again later. */
  | { status: "RETRY" }
  /** It is not a message of `publishStream`, and never will be. */
  | { status: "DROP"; error: SluiceError };

/** The streams of one topic. */
export interface StreamSubscription {
  /** The answer for daprd. */
  readonly declaration: DaprSubscription;
  /** Takes a CloudEvent as daprd posts it, its JSON parsed. */
  deliver(cloudEvent: unknown): Delivery;
  /**
   * The stream with an id, whether or not anything of it has come. The same for each call, while it lasts.
   *
   * @throws {SluiceError} `stream-locked` when it is over and was given to somebody.
   */
  stream(id: string): ChatStream;
}

/**
 * Gives back the streams that `publishStream` publishes to a topic: their events in order and each once, in whichever
 * order and however often the broker delivers their messages.
 *
 * A stream ends at its finish, or with the error that ended it where it was published. It fails with `truncated` when a
 * message is missing for `gapMs` that later ones have overtaken, and with `idle-timeout` when none comes for `idleMs`;
 * what had arrived is in the error. Its reader is not waited for: when it lags by more than `bound` events, daprd is
 * asked to deliver again later. What comes of a stream after its end is taken for a duplicate.
 *
 * All messages of a stream must come to one process: brokers share a topic out among the replicas of an application.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { subscribeStream, subscriptionListener } from "sluice/dapr";
 *
 * const answers = subscribeStream({ pubsub: "pubsub", topic: "answers" });
 * createServer(subscriptionListener([answers])).listen(6_000);
 * for await (const text of answers.stream("the id of publishStream").text) process.stdout.write(text);
 * ```
 */
export function subscribeStream(options: SubscribeOptions): StreamSubscription {
  OPTIONS(options, "");
  return new Subscription(options);
}

const OPTIONS = exactly("subscribeStream", {
  pubsub: anything,
  topic: anything,
  route: anything,
  deadLetterTopic: filledString,
  metadata: stringRecord,
  onStream: callable,
  gapMs: milliseconds,
  idleMs: milliseconds,
  bound: limit,
  clock,
} satisfies Record<keyof SubscribeOptions, Check>);

/** How many streams are remembered that are over, to tell a late duplicate from a new stream. */
const REMEMBERED = 10_000;

interface Arriving {
  messages: ReorderedMessages;
  stream: ChatStream;
  /** Somebody has it. */
  given: boolean;
  over: boolean;
  /** Keeps it, though nobody asked for it in time. */
  callOff: () => void;
}

class Subscription implements StreamSubscription {
  readonly declaration: DaprSubscription;
  readonly #limits: ReorderLimits;
  readonly #onStream: SubscribeOptions["onStream"];
  readonly #arriving = new Map<string, Arriving>();
  /** The oldest first. */
  readonly #ended = new Set<string>();

  constructor({ pubsub, topic, deadLetterTopic, metadata, onStream, ...options }: SubscribeOptions) {
    filledString(pubsub, "pubsub");
    filledString(topic, "topic");
    const { route = `/sluice/streams/${encodeURIComponent(pubsub)}/${encodeURIComponent(topic)}` } = options;
    pattern("a path that begins with a slash", /^\/[^?#]*$/)(route, "route");
    const more = { ...(deadLetterTopic !== undefined && { deadLetterTopic }), ...(metadata && { metadata }) };
    this.declaration = { pubsubname: pubsub, topic, route, ...more };
    this.#onStream = onStream;
    const { gapMs = 30_000, idleMs = 120_000, bound = 10_000, clock = systemClock } = options;
    this.#limits = { gapMs, idleMs, bound, clock };
  }

  deliver(cloudEvent: unknown): Delivery {
    let message: StreamMessage;
    try {
      message = readCloudEvent(cloudEvent);
    } catch (thrown) {
      return { status: "DROP", error: SluiceError.from(thrown, "malformed-frame") };
    }
    const { stream: id } = message;
    if (this.#ended.has(id)) return { status: "SUCCESS" };
    const known = this.#arriving.get(id);
    const arriving = known ?? this.#arrive(id);
    const status = arriving.messages.accept(message);
    if (known === undefined) this.#offer(id, arriving);
    return { status };
  }

  stream(id: string): ChatStream {
    if (this.#ended.has(id)) {
      throw new SluiceError("stream-locked", `the published stream ${JSON.stringify(id)} is over`);
    }
    const arriving = this.#arriving.get(id) ?? this.#arrive(id);
    this.#give(id, arriving);
    return arriving.stream;
  }

  #arrive(id: string): Arriving {
    const messages = new ReorderedMessages(id, this.#limits, () => {
      arriving.over = true;
      if (arriving.given) this.#forget(id);
    });
    const stream = new ChatStream(messages.source);
    const arriving: Arriving = { messages, stream, given: false, over: false, callOff: () => {} };
    this.#arriving.set(id, arriving);
    return arriving;
  }

  /** A stream that nobody has asked for. */
  #offer(id: string, arriving: Arriving): void {
    if (this.#onStream !== undefined) {
      this.#give(id, arriving);
      this.#onStream(arriving.stream, id);
      return;
    }
    arriving.callOff = this.#limits.clock.after(this.#limits.idleMs, () => {
      arriving.messages.source.cancel("nobody asked for it");
      this.#forget(id);
    });
  }

  #give(id: string, arriving: Arriving): void {
    arriving.given = true;
    arriving.callOff();
    if (arriving.over) this.#forget(id);
  }

  /** Whatever still comes of it is of no use. What came may yet be read. */
  #forget(id: string): void {
    this.#arriving.delete(id);
    this.#ended.add(id);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= REMEMBERED) break;
      this.#ended.delete(oldest);
    }
  }
}
