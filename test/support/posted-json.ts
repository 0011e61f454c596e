import { createServer, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import type { JsonObject } from "../../src/base/json.js";

/** A request that a service was sent. */
export interface PostedJson {
  path: string;
  headers: IncomingHttpHeaders;
  body: JsonObject;
}

/** What a service answers: one body, or frames of server-sent events. */
export type JsonAnswer = { status?: number; body: JsonObject } | { frames: readonly JsonObject[] };

/** A service for one test that is posted JSON; closed when the test is over. */
export async function serveJson(
  answer: (request: PostedJson) => JsonAnswer,
): Promise<{ sent: PostedJson[]; baseUrl: string }> {
  const sent: PostedJson[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const posted = { path: request.url ?? "", headers: request.headers, body: JSON.parse(text) };
    sent.push(posted);
    const answered = answer(posted);
    if ("body" in answered) {
      response.writeHead(answered.status ?? 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answered.body));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const frame of answered.frames) response.write(`event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { sent, baseUrl: `http://127.0.0.1:${address.port}/v1` };
}
