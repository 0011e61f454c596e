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
 * @property {boolean} tools whether it has a tool loop: `openTools` of the module `NAME.tools.mjs` beside its own.
 * @property {boolean} objects whether it streams values: `openObject` of the module `NAME.object.mjs` beside its own.
 * @property {boolean} steps whether it runs durable steps: `openSteps` of the module `NAME.steps.mjs` beside its own.
 * @property {boolean} answers whether it reads answers: one that does not is measured in its steps alone.
 * @property {import("./answer.mjs").Wire | undefined} wire the protocol, for rows that compare dialects: they are measured
 *   in one way only.
 */

/** @type {Row[]} */
export const rows = [
  own("floor", "undici `request`, bytes counted", "undici", "bytes"),
  withTools(own("hand-written", "`fetch`, split lines, `JSON.parse`", undefined)),
  withSteps(withObjects(withTools(own("sluice", "`for await` over `text`, then `usage`", "sluice")))),
  peer("openai", "`chat.completions.create`, `for await` over its chunks", "openai"),
  withObjects(withTools(peer("ai", "`streamText` of the AI SDK, `for await` over `textStream`, then `usage`", "ai"))),
  peer("tanstack", "`chat` of TanStack AI, `for await` over its events", "@tanstack/ai"),
  peer("langchain", "`ChatOpenAI.stream`, `for await` over its chunks", "@langchain/openai"),
  withTools(
    peer("openai-agents", "`run` of OpenAI's Agents SDK, `for await` over its text stream", "@openai/agents-core"),
  ),
  withTools(peer("mastra", "`stream` of a Mastra agent, `for await` over `textStream`, then `usage`", "@mastra/core")),
  { ...withSteps(own("dbos", "a workflow of bare DBOS steps", "@dbos-inc/dbos-sdk")), answers: false },
  dialect("openai-responses", "the same over OpenAI's Responses API", "sluice"),
  dialect("openai-responses", "`responses.create`, `for await` over its events", "openai"),
  dialect("anthropic", "the same over Anthropic's Messages API", "sluice"),
  dialect("anthropic", "`messages.create`, `for await` over its events", "@anthropic-ai/sdk"),
  dialect("gemini", "the same over Gemini's API", "sluice"),
  dialect("gemini", "`generateContentStream`, `for await` over its chunks", "@google/genai"),
  dialect("ollama", "the same over Ollama's chat API", "sluice"),
  dialect("ollama", "`chat`, `for await` over its parts", "ollama"),
];

/**
 * @param {string} name
 * @param {string} about
 * @param {string | undefined} from
 * @param {Row["unit"]} [unit]
 * @returns {Row}
 */
function own(name, about, from, unit = "characters") {
  return {
    name,
    about,
    module: `./rows/${name}.mjs`,
    package: from,
    peer: false,
    unit,
    tools: false,
    objects: false,
    steps: false,
    answers: true,
    wire: undefined,
  };
}

/**
 * @param {import("./answer.mjs").Wire} wire
 * @param {string} about
 * @param {string} from Sluice, or the vendor's client.
 * @returns {Row}
 */
function dialect(wire, about, from) {
  const name = `${from === "sluice" ? "sluice" : "client"}.${wire}`;
  return {
    name,
    about,
    module: `./rows/${name}.mjs`,
    package: from,
    peer: false,
    unit: "characters",
    tools: false,
    objects: false,
    steps: false,
    answers: true,
    wire,
  };
}

/**
 * @param {string} name
 * @param {string} about
 * @param {string} from
 * @returns {Row}
 */
function peer(name, about, from) {
  const module = `./peers/${name}.mjs`;
  return {
    name,
    about,
    module,
    package: from,
    peer: true,
    unit: "characters",
    tools: false,
    objects: false,
    steps: false,
    answers: true,
    wire: undefined,
  };
}

/** @param {Row} row @returns {Row} */
function withObjects(row) {
  return { ...row, objects: true };
}

/** @param {Row} row @returns {Row} */
function withTools(row) {
  return { ...row, tools: true };
}

/** @param {Row} row @returns {Row} */
function withSteps(row) {
  return { ...row, steps: true };
}
