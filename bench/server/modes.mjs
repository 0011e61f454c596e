// The ways in which the server plays an answer. Each is a path on it: `/coalesced/v1` is a base URL.

/** Tokens of the answers to these modes. */
export const TOKENS = { coalesced: 2_000, "one-per-write": 2_000, short: 1, held: 2_000, paced: 150 };

/** Tokens that a held answer sends before it waits for the release. */
export const HELD_AFTER = 100;

/** Between two tokens of a paced answer. */
export const PACE_MS = 10;

/** The first token of a paced answer says when it was written: `process.hrtime`, in ns, with this many digits. */
export const STAMP_DIGITS = 18;

/** Bytes of an endless answer. */
export const ENDLESS_BYTES = 200_000_000;
