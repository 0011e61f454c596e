// The provider of the relay's benchmark: a role frame and deltas, paced or as fast as they go, in OpenAI's and in Anthropic's protocol.
// Each delta says when it was written: `process.hrtime` is one clock for all processes of a machine.
import { createServer } from "node:http";
import { listening } from "./listening.mjs";

export const DELTAS = 64;
export const PACE_MS = 20;

const sse = (/** @type {object} */ data) => `data: ${JSON.stringify(data)}\n\n`;
const named = (/** @type {{ type: string }} */ data) => `event: ${data.type}\n${sse(data)}`;
const chunk = (/** @type {object} */ choice) =>
  sse({ id: "a", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, ...choice }] });

/** How a protocol says the beginning, a delta and the end. */
const WIRES = {
  "/v1/chat/completions": {
    begin: () => chunk({ delta: { role: "assistant", content: "" }, finish_reason: null }),
    delta: (/** @type {string} */ content) => chunk({ delta: { content }, finish_reason: null }),
    end: () => `${chunk({ delta: {}, finish_reason: "stop" })}data: [DONE]\n\n`,
  },
  "/v1/messages": {
    begin: () => {
      const usage = { input_tokens: 5, output_tokens: 1 };
      const message = {
        id: "a",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        usage,
      };
      const block = { type: "text", text: "" };
      return (
        named({ type: "message_start", message }) +
        named({ type: "content_block_start", index: 0, content_block: block })
      );
    },
    delta: (/** @type {string} */ text) =>
      named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
    end: () =>
      named({ type: "content_block_stop", index: 0 }) +
      named({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: DELTAS } }) +
      named({ type: "message_stop" }),
  },
};

/** Listens, paced or not; gives its address. */
export function mock(/** @type {boolean} */ paced) {
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    const wire = WIRES[/** @type {keyof typeof WIRES} */ (incoming.url)];
    if (wire === undefined) return void outgoing.writeHead(404).end();
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    outgoing.write(wire.begin());
    let n = 0;
    const next = () => {
      if (outgoing.destroyed) return;
      if (n++ < DELTAS) {
        outgoing.write(wire.delta(`w${process.hrtime.bigint()} `));
        if (paced) setTimeout(next, PACE_MS);
        else setImmediate(next);
      } else outgoing.end(wire.end());
    };
    if (paced) setTimeout(next, PACE_MS);
    else setImmediate(next);
  });
  return listening(server);
}
