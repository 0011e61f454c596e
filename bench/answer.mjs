// The answer that the server replays and every row reads: what a provider's API sends, frame by frame, for a text of a given
// number of tokens. The server sends its bytes; the rows are held to its length.
import * as anthropic from "./wires/anthropic.mjs";
import * as gemini from "./wires/gemini.mjs";
import * as ollama from "./wires/ollama.mjs";
import * as openAiChat from "./wires/openai-chat.mjs";
import * as openAiResponses from "./wires/openai-responses.mjs";

/** The protocols in which an answer can be sent. */
const WIRES = {
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
  anthropic,
  gemini,
  ollama,
};

/** @typedef {keyof typeof WIRES} Wire */
/**
 * An answer on the wire: what comes before the tokens, a frame for each, and what comes after.
 *
 * @typedef {(tokens: string[]) => { beginning: string[], tokens: string[], ending: string[] }} Frames
 */

/** The names of the protocols. @type {readonly Wire[]} */
export const wires = /** @type {Wire[]} */ (Object.keys(WIRES));

/** Tokens as they come from a model: about four characters each, with what JSON escapes, and one that is not ASCII. */
const VOCABULARY = [
  " the| of| and| to| stream|ing| tokens| a| is| in|,|.| that| model| for|s| with| as| it| when| reads|ed|ly|.\n\n|:\n|- **",
  '**| gate| water| flow| can| at| once|-| "|"|’s| each| one| time| from| by| this| not| an| more| be| streams',
]
  .join("|")
  .split("|");

/** How long an answer is: in characters of its text, or in bytes of its body. */
/** @typedef {{ characters: number, bytes: number }} Length */

/**
 * @param {number} count tokens of the answer.
 * @param {string} [first] stands in for the first token.
 * @param {Wire} [wire] the protocol.
 * @returns {{ contentType: string, events: Buffer[], begin: number, length: Length, perToken: Length }} the frames in order,
 *   one buffer each; `begin`: how many stand before the first token.
 */
export function makeAnswer(count, first, wire = "openai-chat") {
  const texts = makeTokens(count);
  if (first !== undefined) texts[0] = first;
  const { contentType, frames } = WIRES[wire];
  const { beginning, tokens, ending } = frames(texts);
  const events = [...beginning, ...tokens, ...ending].map((frame) => Buffer.from(frame));
  const length = { characters: texts.join("").length, bytes: Buffer.concat(events).length };
  const perToken = { characters: length.characters / count, bytes: length.bytes / count };
  return { contentType, events, begin: beginning.length, length, perToken };
}

/** @param {number} count */
function makeTokens(count) {
  const tokens = [];
  // A linear congruential generator (Numerical Recipes): the same text in every run.
  let seed = 7;
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    tokens.push(VOCABULARY[(seed >>> 16) % VOCABULARY.length] ?? "");
  }
  return tokens;
}
