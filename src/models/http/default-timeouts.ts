import type { Timeouts } from "../../stream/chat-model.js";
import { isThinkingModel } from "../catalog/catalog.js";

const MINUTE = 60_000;

/** The limits of a call to a service elsewhere, in ms. */
export const DEFAULT_TIMEOUTS: Readonly<Required<Timeouts>> = {
  connectMs: 10_000,
  firstByteMs: 2 * MINUTE,
  idleMs: MINUTE,
  totalMs: Number.POSITIVE_INFINITY,
};

/** What differs for models that think: they may be silent for minutes, before the first word and in the middle. */
const THINKING_TIMEOUTS: Timeouts = { firstByteMs: 10 * MINUTE, idleMs: 10 * MINUTE };

/** What differs for servers near by: a model is loaded first, and a long prompt takes a processor many minutes. */
const LOCAL_TIMEOUTS: Timeouts = { firstByteMs: 60 * MINUTE, idleMs: 30 * MINUTE };

/** What differs for an answer in one piece: its first byte comes when all of it was written. */
const WHOLE_ANSWER_TIMEOUTS: Timeouts = { firstByteMs: 60 * MINUTE };

/** What is known of a call before it is made. */
export interface CallKind {
  /** Whether the service is on this machine or its own network. */
  nearBy: boolean;
  /** As the provider names it. */
  model: string;
  /** Whether the answer comes in pieces. */
  streaming: boolean;
  /** Whether reasoning was asked for. */
  reasoning: boolean;
}

/** The limits of such a call where nobody gives others: each is the longest of those that fit. */
export function defaultTimeouts({ nearBy, model, streaming, reasoning }: CallKind): Required<Timeouts> {
  const fitting = [
    ...(reasoning || isThinkingModel(model) ? [THINKING_TIMEOUTS] : []),
    ...(nearBy ? [LOCAL_TIMEOUTS] : []),
    ...(streaming ? [] : [WHOLE_ANSWER_TIMEOUTS]),
  ];
  const longest = (name: keyof Timeouts) => Math.max(...[DEFAULT_TIMEOUTS, ...fitting].map((one) => one[name] ?? 0));
  return {
    connectMs: DEFAULT_TIMEOUTS.connectMs,
    firstByteMs: longest("firstByteMs"),
    idleMs: longest("idleMs"),
    totalMs: DEFAULT_TIMEOUTS.totalMs,
  };
}

/** Private and local addresses (RFC 1918, RFC 6598, RFC 4193), and names that only a local network has. */
const NEAR_BY: readonly RegExp[] = [
  /^(?:127|10)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^0\.0\.0\.0$/,
  /^\[(?:::1?|f[cd][0-9a-f]{2}:.*|fe80:.*)\]$/,
  /(?:^|\.)(?:localhost|local|lan|internal|home\.arpa)$/,
  // A container, or a machine of the same domain.
  /^[^.:[\]]+$/,
];

/** Whether an address is of this machine or of its own network. */
export function isNearBy(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const { hostname } = new URL(baseUrl);
  return NEAR_BY.some((pattern) => pattern.test(hostname));
}
