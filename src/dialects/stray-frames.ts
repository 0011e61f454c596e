import type { JsonObject, JsonValue } from "../base/json.js";
import type { Emit } from "../stream/chat-event.js";
import { providerData } from "../stream/data-name.js";
import { SluiceError } from "../stream/error.js";
import type { Frame } from "../stream/framing/frame.js";
import { type Complaint, complaintIn, saysError } from "./complaint.js";
import { EarlyEvents } from "./early-events.js";
import { filledString } from "./filled-string.js";
import { malformed } from "./parse-frame.js";
import { providerError } from "./provider-error.js";
import { otherProtocol } from "./wire-marks.js";

/**
 * Frames that are no part of an answer in a protocol. An error in any shape is an error, and so is a frame of another
 * protocol. A frame that names its kind is an event that this version does not know, and is emitted as data. One that
 * does not is emitted as data too, but an answer that then ends without a finish reason has failed with it.
 */
export class StrayFrames {
  readonly #dialect: string;
  readonly #early = new EarlyEvents();
  #last: SluiceError | undefined;

  /** @param dialect the name of the protocol that is being read. */
  constructor(dialect: string) {
    this.#dialect = dialect;
  }

  /**
   * Takes one. It is reported once the answer has begun.
   *
   * @throws {SluiceError} the provider's error; `malformed-frame` for a frame of another protocol.
   */
  push(body: JsonObject, frame: Frame, emit: Emit): void {
    const complaint = this.#refuse(body, frame);
    if (Object.keys(body).length === 0) return;
    const kind = filledString(body.type) ?? filledString(body.object) ?? frame.event;
    if (kind === undefined) this.#last = strayError(complaint, frame.data);
    this.#early.push({ type: "data", name: providerData(kind ?? "frame"), value: body }, emit);
  }

  /** The answer has begun: emits what came before. */
  release(emit: Emit): void {
    this.#early.release(emit);
  }

  /** Takes one of a protocol in which each frame has one form. @throws {SluiceError} as `push`; else `malformed-frame`. */
  refuse(body: JsonObject, frame: Frame): never {
    this.#refuse(body, frame);
    throw malformed(frame.data, `not part of an answer to ${this.#dialect}`);
  }

  #refuse(body: JsonObject, frame: Frame): Complaint {
    const complaint = complaintIn(body);
    if (saysError(body) || (complaint.message !== undefined && CODES.some((field) => isCode(body[field])))) {
      throw providerError(complaint);
    }
    const protocol = otherProtocol(body, this.#dialect);
    if (protocol !== undefined) throw wrongProtocol(protocol, this.#dialect, frame.data);
    return complaint;
  }

  /** Why an answer without its reason ended: the last frame of no known shape. `undefined` if there was none. */
  get error(): SluiceError | undefined {
    return this.#last;
  }
}

/** The error for an answer in another protocol than the one that was asked in. */
function wrongProtocol(protocol: string, dialect: string, text: string): SluiceError {
  const message = `the answer is in ${protocol} protocol, and ${dialect} was asked for: is the base URL or the provider right?`;
  return new SluiceError("malformed-frame", message, { frame: text.slice(0, 500) });
}

/**
 * The error for a whole body that is no answer in a protocol.
 *
 * @param what what it should be, with its article.
 */
export function notAnAnswer(body: JsonObject, dialect: string, what: string): SluiceError {
  const text = JSON.stringify(body);
  const complaint = complaintIn(body);
  if (saysError(body)) return providerError(complaint);
  const protocol = otherProtocol(body, dialect);
  if (protocol !== undefined) return wrongProtocol(protocol, dialect, text);
  return complaint.message === undefined ? malformed(text, `not ${what}`) : providerError(complaint);
}

/** Fields that only an error has beside its message. */
const CODES = ["code", "error_code", "errorCode", "statusCode", "status_code"];

function isCode(value: JsonValue | undefined): boolean {
  return (typeof value === "string" && value !== "") || (typeof value === "number" && value !== 0 && value !== 200);
}

function strayError(complaint: Complaint, text: string): SluiceError {
  if (complaint.message !== undefined) return providerError(complaint);
  return malformed(text, "of no known shape, and the answer ended after it");
}
