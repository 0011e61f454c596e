// A small server that speaks OpenAI's protocol, so that these examples run without a key. `answer` is given the messages
// and says what the model says: pieces of text, or { tool, arguments }.
import { createServer } from "node:http";

export async function startLocalOpenAi(answer) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const { messages, stream, model } = JSON.parse(body);
    const said = answer(messages);
    const pieces = Array.isArray(said) ? said.map((content) => ({ content })) : [callOf(said)];
    const finish_reason = Array.isArray(said) ? "stop" : "tool_calls";
    const usage = { prompt_tokens: body.length >> 2, completion_tokens: pieces.length, total_tokens: 0 };
    usage.total_tokens = usage.prompt_tokens + usage.completion_tokens;
    if (!stream) {
      const content = pieces.map((piece) => piece.content ?? "").join("");
      const message = { role: "assistant", content, tool_calls: pieces[0]?.tool_calls };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: "local", model, choices: [{ index: 0, message, finish_reason }], usage }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const write = (fields) => response.write(`data: ${JSON.stringify({ id: "local", model, ...fields })}\n\n`);
    for (const delta of pieces) {
      write({ choices: [{ index: 0, delta, finish_reason: null }] });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    write({ choices: [{ index: 0, delta: {}, finish_reason }] });
    write({ choices: [], usage });
    response.end("data: [DONE]\n\n");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, stop: () => server.close() };
}

function callOf({ tool, arguments: input }) {
  const call = { name: tool, arguments: JSON.stringify(input) };
  return { tool_calls: [{ index: 0, id: "call_1", type: "function", function: call }] };
}
