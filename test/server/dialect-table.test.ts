import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { httpModel } from "../../src/models/http/http-model.js";
import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { unlistedLosses } from "../recordings/answer-facts.js";
import { haveRecordings, loadBody } from "../recordings/load-recording.js";
import { collect } from "../support/collect.js";
import { type RecordedModel, recordedModels } from "./recorded-models.js";
import { type Serving, serve } from "./serve.js";

/** What stands before the paths of a dialect. */
const BASES: Readonly<Record<string, string>> = {
  "openai-chat": "/v1",
  "openai-responses": "/v1",
  gemini: "/v1beta",
};

describe.runIf(haveRecordings())("recorded answers, served over HTTP", () => {
  let recorded: RecordedModel[] = [];
  let serving: Serving;
  beforeAll(async () => {
    recorded = await recordedModels();
    const models = Object.fromEntries(recorded.map(({ model }, index) => [`r${index}`, model]));
    serving = await serve({ models, log: new MemoryRunLog({ keepMs: 0 }) });
  });
  afterAll(() => serving.close());

  test("are those of each dialect that providers speak, streamed and whole", () => {
    const spoken = new Set(recorded.map(({ dialect }) => dialect));
    expect([...spoken].sort()).toEqual(["anthropic", "gemini", "ollama", "openai-chat", "openai-responses"]);
    expect(recorded.length).toBeGreaterThan(180);
  });

  describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))("to a client of %s", (name, dialect) => {
    test.each([
      ["streamed", true],
      ["whole", false],
    ])(
      "%s: say what the provider said, but for what is listed",
      async (_, streaming) => {
        const unlisted: string[] = [];
        for (const [index, { path, said }] of recorded.entries()) {
          const baseUrl = serving.url + (BASES[name] ?? "");
          const client = httpModel({ id: "client", dialect, model: `r${index}`, baseUrl, retry: { retries: 0 } });
          try {
            const read = await collect(client.stream({ messages: [{ role: "user", content: "Hi" }] }, { streaming }));
            const recording = loadBody(path);
            const before = comparable(said, recording, streaming);
            const lost = unlistedLosses(dialect, before, comparable(read, recording, streaming));
            unlisted.push(...lost.map((what) => `${path}: ${what}`));
          } catch (thrown) {
            const isVoid = (streaming || STREAMED_ONLY.includes(name)) && said.some(({ type }) => type === "retract");
            if (!isVoid || !dialect.losses.some(({ what }) => what.startsWith("retractions"))) {
              unlisted.push(`${path}: ${thrown}`);
            }
          }
        }
        expect(unlisted).toEqual([]);
      },
      120_000,
    );
  });
});

/** What is read is always a stream in these. */
const STREAMED_ONLY = ["ai-sdk-ui", "ag-ui"];

/**
 * An answer without what two readings of the same differ in: the answer's id, those of calls that the protocol has none for,
 * what was retracted, and, where it came as one body, how arguments arrived.
 */
function comparable(events: readonly ChatEvent[], recording: string, streamed: boolean): ChatEvent[] {
  const kept = events.slice(events.findLastIndex(({ type }) => type === "retract") + 1);
  const made = new Map<string, string>();
  const idOf = (callId: string) => {
    if (recording.includes(callId)) return callId;
    if (!made.has(callId)) made.set(callId, `call ${made.size}`);
    return made.get(callId) ?? callId;
  };
  return kept.flatMap((event): ChatEvent[] => {
    if (event.type === "start") return [{ ...event, id: "" }];
    if (event.type === "tool-input-delta" && !streamed) return [];
    return ["callId" in event && event.callId !== undefined ? { ...event, callId: idOf(event.callId) } : event];
  });
}
