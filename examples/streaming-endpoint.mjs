// An endpoint of one's own that streams, beside the server's: POST /chat answers with text as it is written; who leaves stops the model.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { defineModel } from "sluice";
import { bufferMemory, StreamChatAgent } from "sluice/agents";
import { createServer } from "sluice/server";

// Without a model of your own (SLUICE_LLM_PROVIDER, SLUICE_MODEL) one counts, and says when it was left.
const counting = defineModel({
  id: "counting",
  async *stream({ messages }, { signal }) {
    signal.addEventListener("abort", () => console.log("the model was stopped"), { once: true });
    const most = messages.at(-1).content === "Count." ? 3 : Number.POSITIVE_INFINITY;
    for (let count = 1; count <= most; count++) {
      yield `${count} `;
      await new Promise(setImmediate);
    }
  },
});
const model = process.env.SLUICE_LLM_PROVIDER ? {} : { model: counting };
const agent = new StreamChatAgent({ chunkSize: 1 }, { ...model, name: "chat", memory: bufferMemory() });

const app = new Hono();
app.post("/chat", async (context) => {
  const { message, session = crypto.randomUUID() } = await context.req.json();
  if (typeof message !== "string" || message.trim() === "") return context.json({ error: "message is missing" }, 400);
  const chunks = agent.streamChat(message, { sessionId: session, signal: context.req.raw.signal });
  return new Response(ReadableStream.from(chunks).pipeThrough(new TextEncoderStream()), {
    headers: { "content-type": "text/plain; charset=utf-8", "x-session": session },
  });
});
// The same agent in the protocols of OpenAI, Anthropic and the others.
const server = await createServer({ agents: { chat: agent.asModel() } });
app.route("/", server.app);

const listening = await new Promise((resolve) => {
  const node = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve({ node, port }));
});
const url = `http://127.0.0.1:${listening.port}`;
const post = (path, body, more) => fetch(url + path, { method: "POST", body: JSON.stringify(body), ...more });

console.log(await (await post("/chat", { message: "Count." })).text());
console.log((await post("/chat", {})).status);
const messages = [{ role: "user", content: "Count." }];
const { choices } = await (await post("/v1/chat/completions", { model: "chat", messages })).json();
console.log(`as OpenAI's: ${choices[0].message.content}`);

const left = new AbortController();
const endless = await post("/chat", { message: "Go on for ever." }, { signal: left.signal });
await endless.body.getReader().read();
left.abort();
await new Promise((resolve) => setTimeout(resolve, 200));
await server.close({ graceMs: 0 });
listening.node.close();
