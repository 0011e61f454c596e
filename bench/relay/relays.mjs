// What passes a provider's stream on, each in a process of its own.
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { listening } from "./listening.mjs";

const SSE = { "content-type": "text/event-stream" };
const JSON_TYPE = { "content-type": "application/json" };

/** Bytes from socket to socket, and nobody looks at them: what a process in between costs whatever it does. */
function tcp(/** @type {string} */ upstream) {
  const { hostname, port } = new URL(upstream);
  const server = createTcpServer({ noDelay: true }, (socket) => {
    const above = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on("error", () => above.destroy()).pipe(above);
    above.on("error", () => socket.destroy()).pipe(socket);
  });
  return listening(server);
}

/** `fetch` to `res.write`: what passing on costs at least. */
function bare(/** @type {string} */ upstream) {
  const server = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const piece of incoming) body += piece;
    const answer = await fetch(`${upstream}/v1/chat/completions`, { method: "POST", body, headers: JSON_TYPE });
    outgoing.writeHead(200, SSE);
    for await (const piece of answer.body ?? []) outgoing.write(piece);
    outgoing.end();
  });
  return listening(server);
}

/** A pass-through as one writes it by hand with Hono. */
async function hono(/** @type {string} */ upstream) {
  const { Hono } = await import("hono");
  const { getRequestListener } = await import("@hono/node-server");
  const app = new Hono();
  app.post("/v1/chat/completions", async (context) => {
    const body = await context.req.text();
    const answer = await fetch(`${upstream}/v1/chat/completions`, { method: "POST", body, headers: JSON_TYPE });
    return new Response(answer.body, { status: answer.status, headers: SSE });
  });
  return listening(createServer(getRequestListener(app.fetch)));
}

/** The server, asked in OpenAI's protocol, over a provider that speaks the same one, or Anthropic's. */
async function sluice(/** @type {string} */ upstream, /** @type {"openai" | "anthropic"} */ provider) {
  const { model } = await import("sluice");
  const { createServer: serve } = await import("sluice/server");
  const baseUrl = provider === "openai" ? `${upstream}/v1` : upstream;
  const m = model(`${provider}/m`, { baseUrl, apiKey: "none" });
  const server = await serve({ models: { m }, limits: { idleMs: 60_000 } });
  return (await server.listen({ port: 0 })).url;
}

/** By the names of their rows. @type {Record<string, (upstream: string) => Promise<string>>} */
export const relays = {
  tcp,
  bare,
  hono,
  sluice: (upstream) => sluice(upstream, "openai"),
  translated: (upstream) => sluice(upstream, "anthropic"),
};
