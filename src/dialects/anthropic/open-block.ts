import type { JsonObject } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { CarriedStates } from "../carried.js";
import { ReportedCalls } from "../reported-calls.js";

/** The deltas that carry a piece of text, and the field it stands in. */
export const PIECES = { text_delta: "text", thinking_delta: "thinking", input_json_delta: "partial_json" } as const;

/** A kind of delta that carries a piece of text. */
export type PieceKind = keyof typeof PIECES;

/** A content block whose end has not come. */
export interface OpenBlock {
  /** Takes a piece of the block's text; returns whether this block has text of that kind. */
  piece(kind: PieceKind, text: string, emit: Emit): boolean;
  /** Takes any other delta. */
  delta(delta: JsonObject, emit: Emit): void;
  /** Whether what follows tells if it is complete: a call without arguments may be one that was cut before them. */
  readonly bare?: boolean;
  /** Emits what is known only now that the block is complete. */
  close(emit: Emit): void;
}

/** What the blocks of one answer know of each other. */
export interface AnswerState {
  /** Names of the tools that were called, by the id of the call. */
  names: Map<string, string>;
  /** Calls of tools that another provider ran. */
  foreign: Set<string>;
  /** Carried state that stood before the call or the result it belongs to, by the id of the call. */
  carried: CarriedStates;
  /** The index of the last block of text. */
  lastText: number | undefined;
  /** Calls that wait for the caller's results, by their ids, with the id of the provider's call that made them, if one did. */
  waiting: Map<string, string | undefined>;
  /** The calls that were reported. */
  reported: ReportedCalls;
  /** Whether the answer was cut by the limit on its tokens. */
  cut: boolean;
}

/** Nothing was emitted yet. */
export function newAnswer(): AnswerState {
  return {
    names: new Map(),
    foreign: new Set(),
    carried: new CarriedStates(),
    lastText: undefined,
    waiting: new Map(),
    reported: new ReportedCalls(),
    cut: false,
  };
}
