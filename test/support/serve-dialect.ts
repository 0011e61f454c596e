import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseJson } from "../../src/base/json.js";
import type { Dialect, PathParams, ServedRequest } from "../../src/dialects/dialect.js";
import { respond, respondError } from "../../src/dialects/respond.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";

/** What a served model says: events, an error before or among them, or `stall` to hold the connection open. */
export type Script = readonly (ChatEvent | SluiceError | "stall")[];

/** A server that speaks through a dialect's writers, for the vendor's own client to talk to. */
export interface DialectServer {
  url: string;
  /** What clients asked, as the dialect read it. */
  requests: ServedRequest[];
  /** Resolves when a client has left a stalled answer. */
  left: Promise<void>;
  close(): Promise<void>;
}

/** Serves a script through a dialect on a free port of the loopback. */
export async function serveDialect(dialect: Dialect, answer: (asked: ServedRequest) => Script): Promise<DialectServer> {
  const requests: ServedRequest[] = [];
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const answerTo = async (body: string, url: string): Promise<Response> => {
    try {
      const asked = dialect.readRequest(parseJson(body), pathParams(url));
      requests.push(asked);
      return await respond(ChatStream.from(play(answer(asked))), dialect, asked, { created: 1_700_000_000 });
    } catch (thrown) {
      return respondError(thrown, dialect);
    }
  };
  const server = createServer(async (incoming, outgoing) => {
    outgoing.on("close", () => {
      if (!outgoing.writableFinished) leave();
    });
    await send(await answerTo(await bodyOf(incoming), incoming.url ?? ""), outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    left,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The model and the method that stand in a path such as `/v1beta/models/gemini-2.5-flash:generateContent`. */
function pathParams(url: string): PathParams {
  const [, model, method] = /\/models\/([^/:?]+):(\w+)/.exec(url) ?? [];
  return model === undefined || method === undefined ? {} : { model: decodeURIComponent(model), method };
}

/** A stream that says what the script does. */
async function* play(script: Script): AsyncGenerator<ChatEvent, undefined> {
  for (const event of script) {
    if (event === "stall") await new Promise(() => {});
    else if (event instanceof SluiceError) throw event;
    else yield event;
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  const body = response.body?.getReader();
  outgoing.on("close", () => void body?.cancel());
  for (let read = await body?.read(); read?.done === false; read = await body?.read()) outgoing.write(read.value);
  outgoing.end();
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of incoming.setEncoding("utf8")) text += piece;
  return text;
}
