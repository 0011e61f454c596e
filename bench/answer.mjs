// The answer that the server replays and every row reads: what OpenAI's API sends, chunk by chunk, for a text of a given
// number of tokens. The server sends its bytes; the rows are held to its length.

const MODEL = "gpt-4.1-nano-2025-04-14";

/** The id of an answer, with digits that the server sets anew for each: no two answers of a provider have the same. */
export const ID = "chatcmpl-D8Z5oo6uDh67AD85p73ks00000000";
export const ID_DIGITS = 8;

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
 * @returns {{ events: Buffer[], length: Length, perToken: Length }} the SSE events in order, one buffer each.
 */
export function makeAnswer(count, first) {
  const tokens = makeTokens(count);
  if (first !== undefined) tokens[0] = first;
  const usage = {
    prompt_tokens: 12,
    completion_tokens: count,
    total_tokens: 12 + count,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
  const events = [
    chunk([choice({ role: "assistant", content: "", refusal: null }, null)], null),
    ...tokens.map((content) => chunk([choice({ content }, null)], null)),
    chunk([choice({}, "stop")], null),
    chunk([], usage),
    Buffer.from("data: [DONE]\n\n"),
  ];
  const length = { characters: tokens.join("").length, bytes: Buffer.concat(events).length };
  return { events, length, perToken: { characters: length.characters / count, bytes: length.bytes / count } };
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

/**
 * @param {object} delta
 * @param {string | null} finish_reason
 */
function choice(delta, finish_reason) {
  return { index: 0, delta, logprobs: null, finish_reason };
}

/**
 * @param {{ delta?: { content?: string } }[]} choices
 * @param {object | null} usage
 */
function chunk(choices, usage) {
  const content = choices[0]?.delta?.content ?? "";
  const data = {
    id: ID,
    object: "chat.completion.chunk",
    created: 1770933892,
    model: MODEL,
    service_tier: "default",
    system_fingerprint: "fp_de604bd877",
    choices,
    usage,
    obfuscation: padding(content),
  };
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
let paddings = 0;

/** OpenAI pads each chunk with random letters, so that its size does not betray the token: ten characters with it. */
function padding(/** @type {string} */ content) {
  const start = (paddings++ * 17) % ALPHABET.length;
  return (ALPHABET + ALPHABET).slice(start, start + Math.max(1, 10 - content.length));
}
