import { expect, test } from "vitest";
import { failure } from "../../../test/support/failure.js";
import { openAiChatCalling } from "../../dialects/openai-chat/openai-chat-calling.browser.js";
import { SluiceError } from "../../stream/error.js";
import { fetchTransport } from "./fetch-transport.js";
import { httpModel } from "./http-model.js";
import { plainFailure } from "./plain-failure.js";

const KEY = "key-0123456789abcdef";
const HI = { messages: [{ role: "user" as const, content: "Hi" }] };

function refusedWith(status: number, body: string, dialect = openAiChatCalling({})) {
  const transport = fetchTransport({ fetch: async () => new Response(body, { status }) });
  const service = { baseUrl: "http://127.0.0.1:9", headers: { authorization: `Bearer ${KEY}` }, retry: { retries: 0 } };
  const model = httpModel({ id: "a/m", model: "m", dialect, transport, ...service });
  return failure(model.stream(HI).fullText);
}

test("a refusal is read with code that is loaded for it", async () => {
  const body = JSON.stringify({ error: { message: `No such key: ${KEY}`, code: "invalid_api_key" } });
  const error = await refusedWith(401, body);
  expect(error).toMatchObject({ code: "authentication", status: 401, providerCode: "invalid_api_key", model: "a/m" });
  expect(error.providerMessage).toBe("No such key: ke…ef");
});

test.each([
  [401, "authentication", false],
  [429, "rate-limited", true],
  [503, "provider-error", true],
  [400, "provider-error", false],
])("where that cannot be loaded, status %i and the server's words are there", async (status, code, retryable) => {
  const offline = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
  const error = await refusedWith(status, `Not now, ${KEY}`, {
    ...openAiChatCalling({}),
    load: (request) => (request === undefined ? offline() : undefined),
  });
  expect(error).toMatchObject({ code, status, retryable, model: "a/m", providerMessage: "Not now, ke…ef" });
});

test("where secrets cannot be looked for, nothing that the request carried is shown", () => {
  const request = { url: "https://a.test/v1?key=abcdefgh1234", headers: { authorization: `Bearer ${KEY}` } };
  const details = { status: 401, providerMessage: `bad ${KEY}`, cause: new Error(KEY), frame: KEY };
  const error = plainFailure(new SluiceError("authentication", `abcdefgh1234 ${KEY}`, details), request);
  expect(error).toMatchObject({ code: "authentication", message: "… …", status: 401, providerMessage: "bad …" });
  expect([error.cause, error.frame]).toEqual([undefined, undefined]);
});
