// The figures of a row: what they are called in the JSON and in the table, and what they mean.

/**
 * @typedef {object} Figure
 * @property {string} key
 * @property {string} label
 * @property {number} digits after the point.
 * @property {string} meaning
 * @property {boolean} compared shown as a multiple of the hand-written loop's, too.
 */

/** @type {Figure[]} */
export const figures = [
  cost(
    "cpuUsPerToken",
    "µs/token, coalesced",
    2,
    "client CPU per token of answers read one after the other; writes hold many tokens",
  ),
  plain("tokensPerSecond", "tokens/s, coalesced", 0, "on one connection"),
  cost("onePerWriteCpuUsPerToken", "µs/token, one a write", 2, "the same where the server writes each token by itself"),
  cost(
    "cpuUsPerRequest",
    "µs/request",
    0,
    "client CPU of a request to its first token, on a connection that is kept alive",
  ),
  cost("concurrentCpuUsPerToken", "µs/token, 1,000 streams", 2, "client CPU per token of 1,000 streams at once"),
  plain("heapKbPerStream", "KB/stream, 1,000 streams", 1, "heap of each, held by the server after 100 tokens"),
  cost("pacedCpuUsPerToken", "µs/token, paced", 1, "client CPU per token of 100 streams with a token each 10 ms"),
  plain("firstTokenUs", "first token µs, paced", 0, "from the server's write of the first token to its reader, p50"),
  cost("cpuUsPerToolCall", "µs/tool call", 1, "CPU per call of a tool loop whose model and tool cost next to nothing"),
  plain(
    "slowReaderGrowthMb",
    "MB grown, slow reader",
    1,
    "resident memory of a reader that takes a token a millisecond from 200 MB",
  ),
  plain("slowReaderSentMb", "MB sent, slow reader", 1, "what the server could send to it meanwhile"),
  plain(
    "appendCpuUs",
    "µs/turn kept",
    0,
    "CPU of appending a question and its answer to a conversation in a SQLite file",
  ),
  plain("appendLongTimes", "times, 10,000 messages", 2, "what the same costs in a conversation of 10,000 messages"),
  plain("workflowMs", "ms/1,000 steps", 1, "CPU of a workflow of 1,000 steps that do nothing, not kept"),
  plain("keptStepUs", "µs/step kept", 0, "CPU of a step that does nothing, kept in a SQLite file"),
  plain(
    "durableStepMs",
    "ms/step in PostgreSQL",
    2,
    "time of a step that does nothing, one after the other, kept in PostgreSQL by DBOS",
  ),
  plain("stepUsPerToken", "µs/token, workflow", 2, "what a step adds to each token of a stream that is there at once"),
  plain(
    "scrubCpuUsPerCharacter",
    "µs/character scrubbed",
    3,
    "CPU of replacing personal data in an answer that arrives token by token",
  ),
  plain(
    "scrubHeld",
    "characters held, scrubbing",
    1,
    "what is held back of ordinary text, on average after each token",
  ),
  plain("splitUsPerCharacter", "µs/character cut", 3, "CPU of cutting text that arrives token by token into sentences"),
  plain(
    "speechFirst20Ms",
    "ms to audio, 20 tokens/s",
    0,
    "from the first token to the first audio of the embedded voice",
  ),
  plain("speechFirst50Ms", "ms to audio, 50 tokens/s", 0, "the same with 50 tokens a second"),
  plain("speechFirst100Ms", "ms to audio, 100 tokens/s", 0, "the same with 100 tokens a second"),
  plain(
    "speechAfterSentenceMs",
    "ms from sentence to audio",
    0,
    "from the end of the first sentence to its first audio",
  ),
  plain(
    "speechFirstCpuMs",
    "ms of CPU, sentence to audio",
    0,
    "CPU of all threads between the two, at its least: what a machine that does something else takes longer for",
  ),
  plain("speechGapMs", "ms of gaps", 0, "what a player that began at once had to wait for more audio"),
  plain(
    "speechLoopMs",
    "ms late, speaking",
    1,
    "how late the latest 1 % of turns of the event loop were while it spoke",
  ),
  plain(
    "speechHourGrowthMb",
    "MB, an hour of speech",
    1,
    "what memory grows by in the last three quarters of an hour of audio",
  ),
  plain("agentCallUs", "µs/call, agent", 0, "CPU that an agent adds to a call of its model"),
  plain(
    "agentHistoryTimes",
    "times, a call after 400 turns",
    2,
    "what a call in a session of 400 turns costs, as a multiple of the first of a session",
  ),
  plain("agentResultsMb", "MB, 49 results", 1, "what a run holds beyond 49 results of 512 KiB"),
  ...layers(1, "one a read"),
  ...layers(32, "32 a read"),
  plain(
    "objectMs",
    "ms, 64 KiB of JSON",
    1,
    "CPU of reading a value in deltas of 8 characters, every partial value taken",
  ),
  plain("objectLargeTimes", "times, 16 MiB of JSON", 2, "what 16 MiB cost, as a multiple of 16 times what 1 MiB costs"),
  plain(
    "sidecarHttpCpuUsPerToken",
    "µs/token added, sidecar HTTP",
    2,
    "CPU of Dapr's sidecar per token, less that of reading the model in process; writes hold many tokens",
  ),
  plain("sidecarGrpcCpuUsPerToken", "µs/token added, sidecar gRPC", 2, "the same over gRPC"),
  plain("sidecarFirstTokenUs", "first token µs added, sidecar", 0, "over HTTP, p50 of requests one after the other"),
  plain("importMs", "import ms", 0, "importing the library in a fresh process"),
  plain("bundleKb", "bundle KB", 1, "what a page loads that streams text from openai-chat, minified and gzipped"),
];

/**
 * @param {string} key
 * @param {string} label
 * @param {number} digits
 * @param {string} meaning
 * @returns {Figure}
 */
function plain(key, label, digits, meaning) {
  return { key, label, digits, meaning, compared: false };
}

/** @param {Parameters<typeof plain>} figure @returns {Figure} */
function cost(...figure) {
  return { ...plain(...figure), compared: true };
}

/**
 * What layers in the process cost, for so many tokens a read.
 *
 * @param {number} together
 * @param {string} reads
 */
function layers(together, reads) {
  const added = "CPU per token that it adds to a model in the process";
  return [
    plain(
      `layerBare${together}`,
      `µs/token, bare, ${reads}`,
      2,
      "CPU per token of a model in the process, read as text",
    ),
    plain(`layerFallback${together}`, `µs/token, fallback, ${reads}`, 2, added),
    plain(`layerTools${together}`, `µs/token, tools, ${reads}`, 2, added),
    plain(`layerPii${together}`, `µs/token, pii, ${reads}`, 2, added),
    plain(`layerAgent${together}`, `µs/token, agent, ${reads}`, 2, added),
    plain(`layerConversation${together}`, `µs/token, conversation, ${reads}`, 2, added),
    plain(
      `layerStacked${together}`,
      `µs/token, five layers, ${reads}`,
      2,
      "CPU per token through fallback, tools, pii, a budget and a conversation",
    ),
  ];
}
