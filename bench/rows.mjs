// Who is measured.

/**
 * Reads one answer to its end and hands over its pieces: text, or for the floor the body's bytes. Waits where that gives
 * a promise. Resolves with the output tokens that the answer's usage says; the floor knows none.
 *
 * @typedef {(onPiece: (piece: string | Uint8Array) => void | Promise<void>) => Promise<number | undefined>} Read
 */
/** Makes a client of an OpenAI-compatible API. @typedef {(baseUrl: string) => Read} Open */
/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} about
 * @property {string} module below bench/; exports `open`, and imports what a user of the library would.
 * @property {string | undefined} package whose version is the row's; without one, Node's.
 * @property {boolean} peer installed in bench/peers.
 * @property {"characters" | "bytes"} unit of the pieces.
 */

/** @type {Row[]} */
export const rows = [
  own("floor", "undici `request`, bytes counted", "undici", "bytes"),
  own("hand-written", "`fetch`, split lines, `JSON.parse`", undefined),
  own("sluice", "`for await` over `text`, then `usage`", "sluice"),
  peer("openai", "`chat.completions.create`, `for await` over its chunks", "openai"),
  peer("ai", "`streamText` of the AI SDK, `for await` over `textStream`, then `usage`", "ai"),
  peer("tanstack", "`chat` of TanStack AI, `for await` over its events", "@tanstack/ai"),
  peer("langchain", "`ChatOpenAI.stream`, `for await` over its chunks", "@langchain/openai"),
];

/**
 * @param {string} name
 * @param {string} about
 * @param {string | undefined} from
 * @param {Row["unit"]} [unit]
 * @returns {Row}
 */
function own(name, about, from, unit = "characters") {
  return { name, about, module: `./rows/${name}.mjs`, package: from, peer: false, unit };
}

/**
 * @param {string} name
 * @param {string} about
 * @param {string} from
 * @returns {Row}
 */
function peer(name, about, from) {
  return { name, about, module: `./peers/${name}.mjs`, package: from, peer: true, unit: "characters" };
}
