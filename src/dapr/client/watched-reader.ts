import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { WireLog } from "../../models/http/wire-log.js";
import type { PartReader } from "../../models/parts/part-answer.js";
import type { Emit } from "../../stream/chat-event.js";
import { writeProtoJson } from "../converse/proto-json.js";

/** Tells what an answer's messages are, as JSON, a line each. Exists only for calls that somebody watches. */
export class WatchedReader<Desc extends DescMessage> implements PartReader<MessageShape<Desc>> {
  readonly #reader: PartReader<MessageShape<Desc>>;
  readonly #schema: Desc;
  readonly #wire: WireLog;
  readonly #encoder = new TextEncoder();

  constructor(reader: PartReader<MessageShape<Desc>>, schema: Desc, wire: WireLog) {
    this.#reader = reader;
    this.#schema = schema;
    this.#wire = wire;
  }

  get finished(): boolean {
    return this.#reader.finished;
  }

  push(message: MessageShape<Desc>, emit: Emit): void {
    this.#wire.body([this.#encoder.encode(`${writeProtoJson(this.#schema, message)}\n`)]);
    this.#reader.push(message, emit);
    if (this.#reader.finished) this.#wire.end();
  }
}
