import { Agent, bufferMemory } from "sluice/agents";
import { ChatStream } from "sluice/stream";
import { tool } from "sluice/tools";
import { collectGarbage } from "./collect-garbage.mjs";
import { cpuClock } from "./cpu-clock.mjs";

/** Turns that a long session has had, and in which it is measured: more would be another length. */
const TURNS = 400;
const LATE_TURNS = 100;

const RESULTS = 49;
const RESULT_BYTES = 512 * 1024;

/**
 * What an agent adds to a call of its model, in new sessions and in one of many turns; and what a run holds whose tools return
 * 49 results of 512 KiB, beyond the results themselves.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(_client, { warmUpMs, ms }) {
  const model = answering();
  const bare = () => model.stream({ messages: [{ role: "user", content: "Hi" }] }).fullText;
  const fresh = new Agent({ model });
  const short = new Agent({ model, memory: bufferMemory() });
  // One after the other: what sessions hold is collected on the account of what runs then.
  const costs = [];
  for (const call of [bare, () => fresh.chat("Hi"), () => short.chat("Hi", { sessionId: crypto.randomUUID() })]) {
    await cpuUs(call, warmUpMs / 3);
    collectGarbage();
    costs.push(await cpuUs(call, ms / 3));
  }
  const [own = 0, agent = 0, first = 0] = costs;
  const long = new Agent({ model, memory: await session(model) });
  const clock = cpuClock();
  for (let turn = 0; turn < LATE_TURNS; turn++) await long.chat("Hi", { sessionId: "long" });
  const late = clock().cpuUs / LATE_TURNS;
  return { agentCallUs: agent - own, agentHistoryTimes: late / first, agentResultsMb: await resultsMb() };
}

/** A session of many turns, whose model is sent the newest messages alone, so that its length is all that differs. */
async function session(/** @type {import("sluice").ChatModel} */ model) {
  const memory = bufferMemory({ maxMessages: 1 });
  const agent = new Agent({ model, memory });
  for (let turn = 0; turn < TURNS; turn++) await agent.chat("Hi", { sessionId: "long" });
  return memory;
}

/** A model that answers with one word. */
function answering() {
  const batch = [
    { type: "start", id: "a", model: "m" },
    { type: "text-delta", text: "Hello." },
    { type: "finish", reason: "stop", usage: { inputTokens: 1, outputTokens: 1 } },
  ];
  return {
    id: "m",
    stream(/** @type {unknown} */ _request, { signal, retain } = {}) {
      let read = false;
      const next = () => {
        if (read) return undefined;
        read = true;
        return batch;
      };
      return new ChatStream({ next, cancel() {} }, { signal, retain });
    },
  };
}

/** What is held after the last of many large results, less the results. */
async function resultsMb() {
  let calls = 0;
  let held = 0;
  const model = {
    id: "m",
    capabilities: { tools: true },
    stream(/** @type {unknown} */ _request, { signal, retain } = {}) {
      if (calls === RESULTS) held = collectGarbage();
      const call = { type: "tool-call", callId: `c${calls}`, name: "large", input: {} };
      const events = [
        { type: "start", id: "a", model: "m" },
        calls++ < RESULTS ? call : { type: "text-delta", text: "Done." },
        { type: "finish", reason: calls <= RESULTS ? "tool-calls" : "stop", usage: {} },
      ];
      let read = false;
      const next = () => {
        if (read) return undefined;
        read = true;
        return events;
      };
      return new ChatStream({ next, cancel() {} }, { signal, retain });
    },
  };
  let made = 0;
  const run = () => {
    made += RESULT_BYTES;
    // One byte a character, and not the same string each time.
    return String.fromCharCode(65 + (made % 26)).repeat(RESULT_BYTES);
  };
  const large = tool({ name: "large", input: { type: "object", properties: {} }, run });
  const agent = new Agent({ model, tools: [large], limits: { maxSteps: RESULTS + 1 } });
  const before = collectGarbage();
  const { stream } = agent.stream("Go.");
  for await (const _ of stream.text) {
    // Read to the end.
  }
  if (calls !== RESULTS + 1) throw new Error(`the model was called ${calls} times`);
  return Math.max(0, held - before - RESULTS * RESULT_BYTES) / 1e6;
}

/**
 * CPU µs of one call.
 *
 * @param {() => Promise<unknown>} call
 * @param {number} ms
 */
async function cpuUs(call, ms) {
  const end = performance.now() + ms;
  const clock = cpuClock();
  let calls = 0;
  for (; performance.now() < end; calls++) await call();
  return clock().cpuUs / calls;
}
