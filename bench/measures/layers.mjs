import { Agent } from "sluice/agents";
import { Conversation } from "sluice/chat";
import { budget, guard, pii } from "sluice/guards";
import { fallback } from "sluice/models";
import { ChatStream } from "sluice/stream";
import { tool, withTools } from "sluice/tools";
import { cpuClock } from "./cpu-clock.mjs";

/** How often each is measured. */
const TURNS = 4;

/** Whose figure is the whole cost of a token, and not what is added to the bare model. */
const WHOLE = ["Bare", "Stacked"];

/** Tokens of an answer. */
const TOKENS = 2_000;

const REQUEST = { messages: [{ role: /** @type {const} */ ("user"), content: "Hi" }] };
const TEXT = " word";

/**
 * A model in the process whose answer comes in reads of so many tokens.
 *
 * @param {number} together
 * @returns {import("sluice/stream").ChatModel}
 */
function bare(together) {
  const delta = () => ({ type: /** @type {const} */ ("text-delta"), text: TEXT });
  // Two, that come by turns: no layer may take a read for the one before it.
  const reads = [0, 1].map(() => Promise.resolve(Array.from({ length: together }, delta)));
  let turn = 0;
  return {
    id: "bare",
    capabilities: { tools: true },
    stream(_request, { signal, retain } = {}) {
      let sent = -1;
      return new ChatStream(
        {
          next() {
            if (sent === -1) {
              sent = 0;
              return [{ type: "start", id: "a", model: "bare" }];
            }
            sent += together;
            if (sent <= TOKENS) return reads[++turn & 1];
            return [{ type: "finish", reason: "stop", usage: { inputTokens: 1, outputTokens: TOKENS } }];
          },
          cancel() {},
        },
        { signal, retain },
      );
    },
  };
}

/** @typedef {(model: import("sluice/stream").ChatModel) => import("sluice/stream").ChatModel} Layer */

/** @type {Layer} */
const tools = (model) =>
  withTools(model, [tool({ name: "now", input: { type: "object", properties: {} }, run: () => "now" })]);

/** @type {Layer} */
const scrubbed = (model) => guard(model, pii());

/** @type {Layer} */
const limited = (model) => guard(model, budget({ maxOutputTokens: 1_000_000 }));

/** @type {Layer} */
const either = (model) => fallback([model, model]);

/** @type {Record<string, (model: import("sluice/stream").ChatModel) => () => import("sluice/stream").ChatStream>} */
const LAYERS = {
  Bare: (model) => () => model.stream(REQUEST),
  Fallback: (model) => asked(either(model)),
  Tools: (model) => asked(tools(model)),
  Pii: (model) => asked(scrubbed(model)),
  Conversation: (model) => () => new Conversation({ model }).stream("Hi"),
  Agent: (model) => {
    const agent = new Agent({ model });
    return () => agent.stream("Hi").stream;
  },
  Stacked: (model) => {
    const stacked = limited(scrubbed(tools(either(model))));
    return () => new Conversation({ model: stacked }).stream("Hi");
  },
};

/** @param {import("sluice/stream").ChatModel} model */
function asked(model) {
  return () => model.stream(REQUEST);
}

/**
 * What each layer between a model and its reader costs for a token, with one token a read and with 32 together.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(_client, { warmUpMs, ms }) {
  /** @type {import("../job.mjs").Figures} */
  const figures = {};
  for (const together of [1, 32]) {
    const opened = Object.entries(LAYERS).map(([name, layer]) => ({
      name,
      open: layer(bare(together)),
      least: Infinity,
    }));
    for (const { open } of opened) await readFor(open, warmUpMs / 3);
    // By turns, and the least of each: what else the machine does falls on all alike.
    for (let turn = 0; turn < TURNS; turn++) {
      for (const layer of opened) {
        const clock = cpuClock();
        const tokens = await readFor(layer.open, ms / TURNS);
        layer.least = Math.min(layer.least, clock().cpuUs / tokens);
      }
    }
    const base = opened.find(({ name }) => name === "Bare")?.least ?? 0;
    for (const { name, least } of opened) {
      figures[`layer${name}${together}`] = WHOLE.includes(name) ? least : Math.max(0, least - base);
    }
  }
  return figures;
}

/**
 * @param {() => import("sluice/stream").ChatStream} open
 * @param {number} ms
 */
async function readFor(open, ms) {
  const end = performance.now() + ms;
  let tokens = 0;
  while (performance.now() < end) {
    let length = 0;
    for await (const text of open().text) length += text.length;
    if (length < TOKENS * TEXT.length - 32 * TEXT.length) throw new Error(`read ${length} characters`);
    tokens += length / TEXT.length;
  }
  return tokens;
}
