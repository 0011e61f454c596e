// Any chat model behind any protocol: a handler of web requests, for Hono, Next.js, Deno, Bun, Workers or Node.
import { echo, model } from "sluice";
import { anthropic, openAiChat, respond, respondError } from "sluice/dialects";

const answering = echo();

/** OpenAI's chat completions and Anthropic's messages, answered by one model. */
async function handle(request) {
  const dialect = new URL(request.url).pathname.endsWith("/messages") ? anthropic : openAiChat;
  try {
    const served = dialect.readRequest(await request.json());
    const answer = answering.stream(served.request, { signal: request.signal });
    return await respond(answer, dialect, served);
  } catch (error) {
    return respondError(error, dialect);
  }
}

// Here its clients are in this process, too: whatever speaks one of the protocols would do, with a base URL in place of this.
const fetch = (url, init) => handle(new Request(url, init));
for (const name of ["openai/gpt-4.1", "anthropic/claude-sonnet-4-5"]) {
  const client = model(name, { apiKey: "none", fetch });
  const { usage, fullText } = client.stream({
    messages: [{ role: "user", content: [{ type: "text", text: `Served as ${name}.` }] }],
  });
  console.log(await fullText, await usage);
}
