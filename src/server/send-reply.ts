import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { BodyWriter, type WritableResponse } from "../listeners/body-writer.js";
import type { BodySource, ServerReply } from "./call.js";
import type { OpenStreams } from "./open-streams.js";

/** What both of Node's responses can do. */
type NodeResponse = WritableResponse & Pick<ServerResponse, "writeHead" | "end" | "destroy">;

/**
 * Sends an answer through a response of Node's: one write for each piece. Waits while the client takes nothing, so that
 * the source is read no faster.
 *
 * @param streams knows the answer while it is under way, and keeps it alive.
 */
export async function sendReply(
  reply: ServerReply,
  response: ServerResponse | Http2ServerResponse,
  streams: OpenStreams,
): Promise<void> {
  const out = response as NodeResponse;
  const { status, headers = {}, body } = reply;
  if (out.destroyed) {
    if (isSource(body)) body.cancel();
    return;
  }
  if (!isSource(body)) {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    out.writeHead(status, { ...headers, ...length });
    out.end(body);
    return;
  }
  out.writeHead(status, headers);
  await sendStream(body, out, streams);
}

async function sendStream(source: BodySource, response: NodeResponse, streams: OpenStreams): Promise<void> {
  const out = new BodyWriter(response);
  const open = streams.add(out, source.keepAlive);
  try {
    for (;;) {
      const pulled = source.next();
      const piece = pulled instanceof Promise ? await pulled : pulled;
      if (piece === undefined || out.destroyed) break;
      open.wrote = true;
      if (!out.write(piece)) await out.drained();
    }
    if (!out.destroyed) response.end();
  } catch {
    // The answer has begun: there is no other way to show that it is not whole.
    response.destroy();
  } finally {
    streams.delete(open);
  }
}

/** Whether a body is made while it is sent. */
export function isSource(body: ServerReply["body"]): body is BodySource {
  return typeof body === "object" && "next" in body;
}

/** The same as a response of the web's, for runtimes that have no other. */
export function webReply({ status, headers = {}, body }: ServerReply): Response {
  if (!isSource(body)) return new Response(body as BodyInit | undefined, { status, headers });
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await body.next();
        if (piece === undefined) controller.close();
        else controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
      },
      cancel: () => body.cancel(),
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { status, headers });
}
