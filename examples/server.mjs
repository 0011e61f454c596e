// A server for every client, and a run that is read again after its reader has left.
import { echo } from "sluice";
import { createServer } from "sluice/server";

const server = await createServer({ models: { echo: echo() }, aliases: { "gpt-4o": "echo" } });
const { url } = await server.listen({ port: 0 });

const ask = (path, body) => fetch(url + path, { method: "POST", body: JSON.stringify(body) });
const messages = [{ role: "user", content: "Hello there" }];

// Any client of OpenAI's with this base URL.
const { choices } = await (await ask("/v1/chat/completions", { model: "gpt-4o", messages })).json();
console.log(choices[0].message.content);

// A run that nobody waits for, read from its middle.
const { run } = await (await ask("/v1/runs", { model: "echo", messages, background: true })).json();
const rest = await fetch(`${url}/v1/runs/${run}/stream`, { headers: { "last-event-id": "1" } });
const last = (await rest.text()).trim().split("\n").at(-1);
console.log(JSON.parse(last.slice("data: ".length)).events.at(-1).type);

await server.close({ graceMs: 0 });
