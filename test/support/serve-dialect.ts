import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Answer, Dialect, PathParams, ServedRequest, WriterContext } from "../../src/dialects/dialect.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import { writeNdjson, writeSse } from "../../src/stream/framing/write-frame.js";
import { parseJson } from "../../src/stream/json.js";
import { Transcript } from "../../src/stream/transcript.js";

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
  const server = createServer(async (incoming, outgoing) => {
    outgoing.on("close", () => {
      if (!outgoing.writableFinished) leave();
    });
    try {
      const asked = dialect.readRequest(parseJson(await bodyOf(incoming)), pathParams(incoming.url ?? ""));
      requests.push(asked);
      serve(dialect, asked, answer(asked), outgoing);
    } catch (error) {
      sendError(dialect, SluiceError.from(error), outgoing);
    }
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

function serve(dialect: Dialect, asked: ServedRequest, script: Script, outgoing: ServerResponse): void {
  const context: WriterContext = { model: asked.model, request: asked.request, created: 1_700_000_000 };
  const [first] = script;
  if (first instanceof SluiceError) {
    sendError(dialect, first, outgoing);
  } else if (asked.stream) {
    stream(dialect, context, script, outgoing);
  } else {
    const events = script.filter((event): event is ChatEvent => typeof event === "object" && "type" in event);
    send(outgoing, 200, {}, dialect.writeBody(answerOf(events), context));
  }
}

function stream(dialect: Dialect, context: WriterContext, script: Script, outgoing: ServerResponse): void {
  const sse = dialect.framing === "sse";
  outgoing.writeHead(200, { "content-type": sse ? "text/event-stream" : "application/x-ndjson" });
  const writer = dialect.writer(context);
  const write = (frame: Parameters<typeof writeSse>[0]) => {
    outgoing.write(sse ? writeSse(frame) : writeNdjson(frame));
  };
  for (const event of script) {
    if (event === "stall") return;
    if (event instanceof SluiceError) {
      writer.fail(event, write);
      outgoing.end();
      return;
    }
    writer.push(event, write);
  }
  writer.end(write);
  outgoing.end();
}

function answerOf(events: readonly ChatEvent[]): Answer {
  const transcript = new Transcript(true);
  for (const event of events) transcript.push(event);
  const start = events.find((event) => event.type === "start");
  const { message, usage, finishReason: reason = "other" } = transcript;
  return { id: start?.id ?? "", model: start?.model ?? "", message, reason, usage };
}

function sendError(dialect: Dialect, error: SluiceError, outgoing: ServerResponse): void {
  const { status, headers = {}, body } = dialect.writeError(error);
  send(outgoing, status, headers, body);
}

function send(outgoing: ServerResponse, status: number, headers: Record<string, string>, body: object): void {
  outgoing.writeHead(status, { "content-type": "application/json", ...headers });
  outgoing.end(JSON.stringify(body));
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of incoming.setEncoding("utf8")) text += piece;
  return text;
}
