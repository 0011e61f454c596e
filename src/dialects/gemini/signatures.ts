import { decodeBase64, encodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import type { Opaque } from "../../stream/opaque.js";
import { type Carried, readCarried, writeCarried } from "../carried.js";
import { otherFields, ownData, ownOpaque } from "./opaque.js";

/**
 * What Google takes for the signature of a call that was made without one, by another model:
 * https://ai.google.dev/gemini-api/docs/thought-signatures.
 */
export const NO_SIGNATURE = "skip_thought_signature_validator";

/** How the state of an event is written into the part that carries the event. */
export type WriteState = (opaque: Opaque | undefined, carried: Carried["kind"], callId?: string) => JsonObject;

/** For Gemini itself: only what it gave. */
export const writeOwnState: WriteState = (opaque) => ownData(opaque) ?? {};

/** For clients: what another provider gave stands in the signature, which they bring back. */
export const writeAnyState: WriteState = (opaque, kind, callId = "") => {
  const own = ownData(opaque);
  if (own !== undefined || opaque === undefined) return own ?? {};
  const call = kind === "tool-call" || kind === "tool-result";
  return writeSignature(call ? { kind, callId, opaque } : { kind: kind === "reasoning" ? kind : "text", opaque });
};

/** The same of a text without words, which has the state to itself. */
export const writeStateAlone: WriteState = (opaque, kind) =>
  opaque === undefined || ownData(opaque) !== undefined
    ? writeAnyState(opaque, kind)
    : writeSignature({ kind: "text", opaque, alone: true });

/** A signature is bytes, which some clients decode: ours is text in base64. */
export function writeSignature(carried: Carried): JsonObject {
  return { thoughtSignature: encodeBase64(new TextEncoder().encode(writeCarried(carried))) };
}

/** What a part says beside the fields that our events carry, and content of another provider in an otherwise empty part. */
export interface PartState {
  opaque?: Opaque;
  carried?: Carried;
}

/** The state in a part. `known` are the fields that an event carries; `extra` is added where something is left to say. */
export function readState(part: JsonObject, known: readonly string[], extra: JsonObject = {}): PartState {
  const { thoughtSignature } = part;
  const carried = typeof thoughtSignature === "string" ? carriedIn(thoughtSignature) : undefined;
  if (carried !== undefined) return carried.kind === "source" ? {} : { opaque: carried.opaque, carried };
  const own = { ...otherFields(part, known), ...extra };
  if (thoughtSignature === NO_SIGNATURE) delete own.thoughtSignature;
  return Object.keys(own).length > 0 ? { opaque: ownOpaque(own) } : {};
}

/** How our own text begins in base64. */
const BEGINNING = "c2x1aWNlL";

function carriedIn(signature: string): Carried | undefined {
  if (!signature.startsWith(BEGINNING)) return undefined;
  try {
    // Clients that decoded it may encode it for URLs (RFC 4648, section 5).
    const base64 = signature.replaceAll("-", "+").replaceAll("_", "/");
    return readCarried(new TextDecoder().decode(decodeBase64(base64)));
  } catch {
    return undefined;
  }
}
