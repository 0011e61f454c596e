import { expect, test } from "vitest";
import { model } from "./named-model.js";

/** A service that answers each path with its own body, and what was asked of it. */
function service(bodies: Readonly<Record<string, object>>) {
  const asked: { url: string; key: string | null }[] = [];
  const fetch = async (url: unknown, init?: RequestInit) => {
    const { pathname, search } = new URL(String(url));
    asked.push({ url: String(url), key: new Headers(init?.headers).get("x-goog-api-key") });
    const body = bodies[pathname + search];
    return Response.json(body ?? {}, { status: body === undefined ? 404 : 200 });
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

test("models are listed page by page, those that answer", async () => {
  const answering = { supportedGenerationMethods: ["generateContent"] };
  const { asked, fetch } = service({
    "/v1beta/models?pageSize=1000": {
      models: [
        { name: "models/gemini-a", displayName: "A", inputTokenLimit: 1_048_576, ...answering },
        { name: "models/embedding", supportedGenerationMethods: ["embedContent"] },
      ],
      nextPageToken: "two/2",
    },
    "/v1beta/models?pageSize=1000&pageToken=two%2F2": { models: [{ name: "models/gemini-b" }] },
  });
  const gemini = model("gemini/gemini-a", { env: { GOOGLE_AI_STUDIO_KEY: "k" }, fetch });
  expect(await gemini.list?.()).toEqual([
    { id: "gemini/gemini-a", name: "A", contextWindow: 1_048_576 },
    { id: "gemini/gemini-b" },
  ]);
  expect(asked.map(({ key }) => key)).toEqual(["k", "k"]);
});

test.each([
  ["GEMINI_API_KEY", {}, "https://generativelanguage.googleapis.com/v1beta"],
  ["GOOGLE_API_KEY", { GEMINI_BASE_URL: "https://a.example" }, "https://a.example/v1beta"],
  ["GOOGLE_AI_STUDIO_KEY", { GOOGLE_GEMINI_BASE_URL: "https://b.example/v1" }, "https://b.example/v1"],
])("%s is a key, and the address is found", async (variable, env, base) => {
  const { asked, fetch } = service({});
  const gemini = model("gemini/gemini-a", { env: { [variable]: "secret", ...env }, fetch });
  await gemini.stream({ messages: [{ role: "user", content: "Hi" }] }).fullText.catch(() => {});
  expect(asked[0]).toEqual({ url: `${base}/models/gemini-a:streamGenerateContent?alt=sse`, key: "secret" });
});
