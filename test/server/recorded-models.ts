import { isJsonObject, parseJson } from "../../src/base/json.js";
import { DIALECTS, recogniseWire } from "../../src/dialects/recognise-wire.js";
import { WIRE_MARKS } from "../../src/dialects/wire-marks.js";
import { fetchTransport } from "../../src/models/http/fetch-transport.js";
import { httpModel } from "../../src/models/http/http-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import type { Frame } from "../../src/stream/framing/frame.js";
import { writeNdjson, writeSse } from "../../src/stream/framing/write-frame.js";
import { listRecordings, loadBody } from "../recordings/load-recording.js";
import { collect } from "../support/collect.js";

/** A recorded answer as a model behind HTTP, and what it says when it is read without a server between. */
export interface RecordedModel {
  path: string;
  dialect: string;
  model: ChatModel;
  said: ChatEvent[];
}

/** Every recorded answer, streamed or one body, that its own dialect reads to its end. */
export async function recordedModels(): Promise<RecordedModel[]> {
  const found: RecordedModel[] = [];
  for (const path of listRecordings("").filter((name) => /\.(sse|json|txt)$/.test(name))) {
    const read = modelOf(path, loadBody(path));
    if (read === undefined) continue;
    // What is damaged is read by `damaged.test.ts`.
    const said = await collect(read.model.stream({ messages: [{ role: "user", content: "Hi" }] })).catch(() => []);
    if (said.at(-1)?.type === "finish") found.push({ path, ...read, said });
  }
  return found;
}

interface Wire {
  dialect: string;
  type: string;
  body: string;
}

function modelOf(path: string, text: string): { dialect: string; model: ChatModel } | undefined {
  const wire = bodyWire(text) ?? streamWire(text);
  const dialect = DIALECTS.find(({ name }) => name === wire?.dialect);
  if (wire === undefined || dialect === undefined) return undefined;
  const { type, body } = wire;
  const transport = fetchTransport({ fetch: async () => new Response(body, { headers: { "content-type": type } }) });
  const model = httpModel({ id: path, dialect, model: "m", baseUrl: "http://in.process", transport });
  if (type !== "application/json") return { dialect: dialect.name, model };
  const whole: ChatModel = {
    id: path,
    stream: (asked, options) => model.stream(asked, { ...options, streaming: false }),
  };
  return { dialect: dialect.name, model: whole };
}

/** One body that holds the answer. */
function bodyWire(text: string): Wire | undefined {
  try {
    const body = parseJson(text);
    const mark = isJsonObject(body) ? WIRE_MARKS.find(({ answer }) => answer(body)) : undefined;
    return mark && { dialect: mark.dialect, type: "application/json", body: text };
  } catch {
    return undefined;
  }
}

/** Frames, put into their envelope again where a recording has lost it. */
function streamWire(text: string): Wire | undefined {
  try {
    const { dialect, frames } = recogniseWire(text);
    if (dialect.framing === "ndjson") {
      return { dialect: dialect.name, type: "application/x-ndjson", body: frames.map(writeNdjson).join("") };
    }
    const done: Frame[] =
      dialect.name === "openai-chat" && frames.at(-1)?.data !== "[DONE]" ? [{ data: "[DONE]" }] : [];
    return { dialect: dialect.name, type: "text/event-stream", body: [...frames, ...done].map(writeSse).join("") };
  } catch {
    return undefined;
  }
}
