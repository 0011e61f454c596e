import { AbstractAgent, type BaseEvent } from "@ag-ui/client";
import * as ai5 from "ai5";
import * as ai6 from "ai6";
import * as ai7 from "ai7";
import { from } from "rxjs";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/base/json.js";
import { agUi } from "../../src/dialects/ag-ui/ag-ui.js";
import { aiSdkUi } from "../../src/dialects/ai-sdk-ui/ai-sdk-ui.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { Transcript } from "../../src/stream/transcript.js";
import { haveRecordings, recordedAnswers } from "./load-recording.js";

/** Who answers, as who is asked again. */
const PROVIDERS: Readonly<Record<string, { dialect: Dialect; model: string }>> = {
  "openai-chat": { dialect: openAiChat, model: "gpt-4.1" },
  "openai-responses": { dialect: openAiResponses, model: "gpt-5" },
  anthropic: { dialect: anthropic, model: "claude-opus-4-6" },
  gemini: { dialect: gemini, model: "gemini-3-pro-preview" },
  ollama: { dialect: ollama, model: "llama3.2" },
};

const USER: ChatMessage = { role: "user", content: "Hi" };
const ASKED = { role: "user", content: "Hi" };
const UI_ASKED = { id: "u", role: "user", parts: [{ type: "text", text: "Hi" }] };
const GEMINI_ASKED = { role: "user", parts: [{ text: "Hi" }] };

/** A client: makes of the frames of an answer its next request. */
type Client = (frames: JsonObject[]) => JsonValue | Promise<JsonValue>;

class PlayedAgent extends AbstractAgent {
  readonly #events: JsonObject[];
  constructor(events: JsonObject[]) {
    super({ threadId: "t" });
    this.#events = events;
    this.setMessages([{ id: "u", role: "user", content: "Hi" }]);
  }
  override run() {
    return from(this.#events as unknown as BaseEvent[]);
  }
}

/** The versions differ in their types, and not in what is asked of them here. */
type ReadMessages = (options: { stream: ReadableStream; onError: (error: unknown) => void }) => AsyncIterable<object>;

function useChat(readMessages: ReadMessages): Client {
  return async (frames) => {
    const stream = new ReadableStream({
      start(controller) {
        for (const frame of frames) controller.enqueue(frame);
        controller.close();
      },
    });
    let last: unknown;
    const errors: unknown[] = [];
    for await (const message of readMessages({ stream, onError: (error) => errors.push(error) })) last = message;
    expect(errors).toEqual([]);
    return json({ messages: [UI_ASKED, last, UI_ASKED] });
  };
}

const CLIENTS: readonly [name: string, dialect: Dialect, client: Client][] = [
  [
    "Anthropic's",
    anthropic,
    (frames) => json({ model: "m", max_tokens: 9, messages: [ASKED, messageOf(frames), ASKED] }),
  ],
  [
    "OpenAI's for Responses",
    openAiResponses,
    (frames) => {
      const { response } = frames.at(-1) ?? {};
      const output = isJsonObject(response) && Array.isArray(response.output) ? response.output : [];
      return json({ model: "m", input: [ASKED, ...output, ASKED] });
    },
  ],
  [
    "Google's",
    gemini,
    (frames) => {
      const contents = frames.flatMap(({ candidates }) => {
        const [candidate] = Array.isArray(candidates) ? candidates : [];
        return isJsonObject(candidate) && candidate.content !== undefined ? [candidate.content] : [];
      });
      return json({ contents: [GEMINI_ASKED, ...contents, GEMINI_ASKED] });
    },
  ],
  ["the AI SDK's, version 5,", aiSdkUi, useChat(ai5.readUIMessageStream as unknown as ReadMessages)],
  ["the AI SDK's, version 6,", aiSdkUi, useChat(ai6.readUIMessageStream as unknown as ReadMessages)],
  ["the AI SDK's, version 7,", aiSdkUi, useChat(ai7.readUIMessageStream as unknown as ReadMessages)],
  [
    "AG-UI's",
    agUi,
    async (frames) => {
      const agent = new PlayedAgent(frames);
      await agent.runAgent();
      const messages = [...agent.messages, { id: "u2", role: "user", content: "Hi" }];
      return json({ threadId: "t", runId: "r", messages, tools: [], context: [], forwardedProps: {} });
    },
  ],
];

describe.runIf(haveRecordings())(
  "what a provider must have back comes back through the client of another protocol",
  () => {
    // A client of one answer has no steps, and sees a retraction as an error.
    const answers = recordedAnswers().filter(({ events }) => {
      const whole = events.at(-1)?.type === "finish";
      return whole && !events.some(({ type }) => type === "retract" || type === "step-start");
    });

    test.each(CLIENTS)("%s", async (_, dialect, client) => {
      let asked = 0;
      let cited = 0;
      for (const { path, dialect: name, events } of answers) {
        const provider = PROVIDERS[name];
        if (provider === undefined) continue;
        asked++;
        const { request } = dialect.readRequest(await client(framesOf(dialect, events)), { model: "m" });
        const transcript = new Transcript(true);
        for (const event of events) transcript.push(event);
        // A client of the same protocol has its citations; AG-UI's gathers calls of calls behind those that made them.
        const like = { citations: dialect === provider.dialect, ordered: dialect !== agUi };
        const before = writtenBy(provider, [USER, ...transcript.messages, USER], like);
        expect(writtenBy(provider, request.messages, like), path).toEqual(before);
        if (like.citations) cited += before.filter((line) => CITATION.test(line)).length;
      }
      expect(asked).toBeGreaterThan(100);
      expect(cited > 50).toBe(dialect === anthropic || dialect === openAiResponses);
    });
  },
);

function framesOf(dialect: Dialect, events: readonly ChatEvent[]): JsonObject[] {
  const frames: JsonObject[] = [];
  const writer = dialect.writer({ model: "m", created: 1, request: { messages: [USER] } });
  for (const event of events) writer.push(event, ({ data }) => frames.push(JSON.parse(data)));
  return frames;
}

/** Anthropic's stream put together as its client does. */
function messageOf(frames: readonly JsonObject[]): JsonObject {
  const content: JsonObject[] = [];
  for (const { type, index, content_block: block, delta } of frames) {
    if (type === "content_block_start" && isJsonObject(block)) content[Number(index)] = { ...block };
    const open = content[Number(index)];
    if (type !== "content_block_delta" || !isJsonObject(delta) || open === undefined) continue;
    const { citation, partial_json: piece } = delta;
    if (citation !== undefined) open.citations = [...(Array.isArray(open.citations) ? open.citations : []), citation];
    else if (typeof piece === "string") open.input = typeof open.input === "string" ? open.input + piece : piece;
    else {
      for (const field of ["text", "thinking", "signature"]) {
        if (typeof delta[field] === "string") open[field] = `${open[field]}${delta[field]}`;
      }
    }
  }
  const whole = content.map((block) =>
    typeof block.input === "string" ? { ...block, input: JSON.parse(block.input) } : block,
  );
  return { role: "assistant", content: whole };
}

function json(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value));
}

const CITATION = /\.(?:citations|annotations)\./;

/**
 * A history as a provider is sent it, as a list of all that it says. Citations go back to the protocol alone that they are
 * of, as `docs/dialects.md` says.
 */
function writtenBy(
  { dialect, model }: { dialect: Dialect; model: string },
  messages: ChatMessage[],
  like: { citations: boolean; ordered: boolean },
): string[] {
  const { body } = dialect.writeRequest({ messages }, { model, stream: true });
  const said: string[] = [];
  // Texts may be joined or cut: they are compared by what they are made of.
  let [length, sum] = [0, 0];
  const visit = (value: JsonValue, path: string) => {
    if (Array.isArray(value)) for (const item of value) visit(item, path);
    else if (isJsonObject(value)) for (const [key, field] of Object.entries(value)) visit(field, `${path}.${key}`);
    else if (CITATION.test(path)) {
      if (like.citations) said.push(`${path}: ${value}`);
    } else if (/\.(text|content)$/.test(path)) {
      for (const character of String(value).replace(/\s+/g, "")) {
        length++;
        sum += character.codePointAt(0) ?? 0;
      }
    } else if (!/^\.(input|messages)(\.content)?\.type$/.test(path)) said.push(`${path}: ${value}`);
  };
  visit(body, "");
  return [...(like.ordered ? said : said.sort()), `${length} characters of text, ${sum}`];
}
