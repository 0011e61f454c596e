import { type IncomingMessage, request } from "node:http";
import { request as requestTls } from "node:https";
import { text } from "node:stream/consumers";
import { parseJson } from "../../base/json.js";
import { writeSse } from "../../stream/framing/write-frame.js";
import { readAnswerJson } from "../converse/proto-json.js";
import { writeAlpha1Frame, writeAlpha2Frame } from "../converse/write-sse.js";
import {
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { breakOff, type HttpResponse, type SidecarRequest } from "./http-exchange.js";
import { forwardedHeaders, unreachable } from "./http-passthrough.js";
import { readBody } from "./read-body.js";
import type { SidecarRoute } from "./routes.js";
import { wholeAlpha1Chunks, wholeAlpha2Chunks } from "./whole-chunks.js";

/** What a server answers to a call that it does not have. */
const UNKNOWN = [404, 405, 501];

/**
 * Streams the answer of a component that only the daprd behind the sidecar has: as that daprd streams it, should it do so,
 * and otherwise its whole answer as one piece, which says that it is simulated. Errors are the daprd's own.
 *
 * @param upstream base URL.
 * @param limit of the request's body, in bytes.
 * @throws {SluiceError} for a body that is too large or breaks off.
 */
export async function streamFromUpstream(
  upstream: string,
  { api, component }: SidecarRoute & { kind: "converse" },
  incoming: SidecarRequest,
  outgoing: HttpResponse,
  limit: number,
): Promise<void> {
  const body = await readBody(incoming, limit);
  const path = incoming.url ?? "/";
  try {
    const streamed = await post(upstream, path, incoming, outgoing, body);
    if (!UNKNOWN.includes(streamed.statusCode ?? 0)) {
      pass(streamed, outgoing);
      return;
    }
    streamed.resume();
    const whole = await post(upstream, path.replace(/\/stream\/*(?=\?|$)/, ""), incoming, outgoing, body);
    if (whole.statusCode !== 200) {
      pass(whole, outgoing);
      return;
    }
    const json = parseJson(await text(whole));
    const frames =
      api === "alpha1"
        ? wholeAlpha1Chunks(readAnswerJson(ConversationResponseSchema, json), component).map(writeAlpha1Frame)
        : wholeAlpha2Chunks(readAnswerJson(ConversationResponseAlpha2Schema, json), component).map(writeAlpha2Frame);
    outgoing.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    outgoing.end(frames.map(writeSse).join(""));
  } catch (thrown) {
    unreachable(upstream, thrown, outgoing);
  }
}

/** The beginning of an answer. It ends when the caller leaves. */
function post(
  upstream: string,
  path: string,
  incoming: SidecarRequest,
  outgoing: HttpResponse,
  body: Buffer,
): Promise<IncomingMessage> {
  const url = new URL(upstream);
  const headers = { ...forwardedHeaders(incoming.rawHeaders, url.host), "content-length": String(body.length) };
  return new Promise((resolve, reject) => {
    const call = (url.protocol === "https:" ? requestTls : request)(url, { method: "POST", path, headers }, resolve);
    call.on("error", reject);
    outgoing.on("close", () => call.destroy());
    call.end(body);
  });
}

function pass(answer: IncomingMessage, outgoing: HttpResponse): void {
  outgoing.writeHead(answer.statusCode ?? 502, forwardedHeaders(answer.rawHeaders));
  answer.on("error", () => breakOff(outgoing));
  answer.pipe(outgoing);
}
