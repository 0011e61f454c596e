import type { SluiceError } from "../../stream/error.js";
import { writeSse } from "../../stream/framing/write-frame.js";
import { Alpha1ChunkWriter } from "../converse/alpha1-chunk-writer.js";
import { Alpha2ChunkWriter } from "../converse/alpha2-chunk-writer.js";
import { toApiError, writeErrorBody } from "../converse/api-error.js";
import { collectAnswer } from "../converse/converse-answer.js";
import type { ConverseCall } from "../converse/converse-call.js";
import { errorDetail } from "../converse/error-detail.js";
import { bodyText, readProtoJson, writeProtoJson } from "../converse/proto-json.js";
import { readAlpha1Request } from "../converse/read-alpha1-request.js";
import { readAlpha2Request } from "../converse/read-alpha2-request.js";
import { writeAlpha1Response, writeAlpha2Response } from "../converse/write-response.js";
import { writeAlpha1Frame, writeAlpha2Frame, writeErrorFrame } from "../converse/write-sse.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { isAuthorised, TOKEN_HEADER } from "./api-token.js";
import { writeStream } from "./batched-writes.js";
import { type Conversing, failureOf } from "./converser.js";
import { breakOff, type HttpResponse, type SidecarRequest } from "./http-exchange.js";
import { passHttp } from "./http-passthrough.js";
import { streamFromUpstream } from "./http-whole-stream.js";
import { readBody } from "./read-body.js";
import { routeOf, type SidecarRoute } from "./routes.js";
import type { SidecarCore } from "./sidecar-core.js";

/** Answers the sidecar's HTTP requests, and passes on those that only a real daprd answers. */
export class HttpHandler {
  readonly #core: SidecarCore;

  constructor(core: SidecarCore) {
    this.#core = core;
  }

  readonly handle = (request: SidecarRequest, response: HttpResponse): void => {
    // A client may leave in mid-answer.
    response.on("error", () => {});
    const route = routeOf(request.method ?? "GET", request.url ?? "/");
    const refusal = this.#core.guard?.refusal(request.headers, request.method);
    if (refusal !== undefined) {
      sendError(response, 403, "ERR_PERMISSION_DENIED", refusal);
      return;
    }
    const open = route?.kind === "health" || route?.kind === "outbound-health";
    if (!open && !isAuthorised(request.headers[TOKEN_HEADER], this.#core.apiToken)) {
      response.writeHead(401, { "content-type": "text/plain; charset=utf-8" });
      response.end("invalid api token");
      return;
    }
    void this.#answer(route, request, response).catch((thrown) => {
      this.#core.report({ level: "error", message: failureOf(thrown).message });
      breakOff(response);
    });
  };

  async #answer(route: SidecarRoute | undefined, request: SidecarRequest, response: HttpResponse): Promise<void> {
    const { upstream } = this.#core;
    switch (route?.kind) {
      case undefined:
        if (upstream.http !== undefined) passHttp(upstream.http, request, response);
        else sendError(response, 404, "ERR_NOT_FOUND", withoutUpstream(request));
        return;
      case "converse":
        if (this.#core.converser.has(route.component) || upstream.http === undefined) {
          await this.#converse(route, request, response);
        } else if (route.streamed) {
          await streamFromUpstream(upstream.http, route, request, response, this.#core.maxBodyBytes);
        } else passHttp(upstream.http, request, response);
        return;
      case "health":
        this.#health(request, response);
        return;
      case "outbound-health":
        end(response, 204);
        return;
      case "metadata":
        json(response, 200, JSON.stringify(await this.#core.metadataJson()));
        return;
      case "set-metadata":
        await this.#setMetadata(route.key, request, response);
        return;
      case "shutdown":
        end(response, 204);
        this.#core.shutdown();
        return;
      default:
        route satisfies never;
    }
  }

  async #setMetadata(key: string, request: SidecarRequest, response: HttpResponse): Promise<void> {
    try {
      const body = await readBody(request, this.#core.maxBodyBytes);
      await this.#core.setMetadata(key, body.toString("utf8"));
      end(response, 204);
    } catch (thrown) {
      this.#fail(failureOf(thrown), "", response);
    }
  }

  #health(request: SidecarRequest, response: HttpResponse): void {
    const [, query = ""] = (request.url ?? "").split("?", 2);
    const asked = new URLSearchParams(query).get("appid");
    if (asked === null || asked === this.#core.appId) end(response, 204);
    else sendError(response, 500, "ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");
  }

  async #converse(
    route: SidecarRoute & { kind: "converse" },
    request: SidecarRequest,
    response: HttpResponse,
  ): Promise<void> {
    const { component, api, streamed } = route;
    const { converser, observer } = this.#core;
    const leaving = new AbortController();
    response.on("close", () => leaving.abort());
    const observed = observer.begin({ component, api, streamed, known: converser.has(component) });
    try {
      const call = await this.#read(route, request);
      const conversing = converser.converse(call, { signal: leaving.signal }, streamed);
      if (streamed) await this.#stream(api, conversing, response);
      else await this.#whole(api, call, conversing, response);
      observed.end(conversing.stream, await conversing.stream.usage);
    } catch (thrown) {
      const error = failureOf(thrown);
      observed.fail(error);
      if (error.code !== "cancelled" || !leaving.signal.aborted) this.#fail(error, component, response);
    }
  }

  async #read({ api, component }: SidecarRoute & { kind: "converse" }, request: SidecarRequest): Promise<ConverseCall> {
    const body = bodyText(await readBody(request, this.#core.maxBodyBytes));
    const has = (name: string) => this.#core.converser.has(name);
    // The name in the address counts, whatever the body says.
    if (api === "alpha1") {
      return readAlpha1Request({ ...readProtoJson(ConversationRequestSchema, body), name: component }, has);
    }
    return readAlpha2Request({ ...readProtoJson(ConversationRequestAlpha2Schema, body), name: component }, has);
  }

  async #whole(api: Api, call: ConverseCall, { stream, context }: Conversing, response: HttpResponse): Promise<void> {
    const answer = await collectAnswer(stream, call);
    const text =
      api === "alpha1"
        ? writeProtoJson(ConversationResponseSchema, writeAlpha1Response(answer, context))
        : writeProtoJson(ConversationResponseAlpha2Schema, writeAlpha2Response(answer, context));
    json(response, 200, text);
  }

  async #stream(api: Api, { stream, context }: Conversing, response: HttpResponse): Promise<void> {
    // Headers wait for the first write, so that an error before it is an answer of its own.
    response.setHeader("content-type", "text/event-stream; charset=utf-8");
    response.setHeader("cache-control", "no-cache");
    if (api === "alpha1") {
      await writeStream(stream, new Alpha1ChunkWriter(context), (chunk) => writeSse(writeAlpha1Frame(chunk)), response);
    } else {
      await writeStream(stream, new Alpha2ChunkWriter(context), (chunk) => writeSse(writeAlpha2Frame(chunk)), response);
    }
    response.end();
  }

  #fail(error: SluiceError, component: string, response: HttpResponse): void {
    const answer = toApiError(error, component);
    const detail = errorDetail(error);
    if (response.headersSent) {
      response.write(writeSse(writeErrorFrame(answer, detail)));
      response.end();
      return;
    }
    response.removeHeader("cache-control");
    const { retryAfterMs } = error;
    if (retryAfterMs !== undefined) response.setHeader("retry-after", String(Math.ceil(retryAfterMs / 1_000)));
    json(response, answer.httpStatus, writeErrorBody(answer, detail));
  }
}

type Api = "alpha1" | "alpha2";

function withoutUpstream({ method, url }: SidecarRequest): string {
  return `${method} ${url}: this sidecar answers conversations; give it --upstream to pass everything else to a daprd`;
}

function sendError(response: HttpResponse, status: number, errorCode: string, message: string): void {
  json(response, status, JSON.stringify({ errorCode, message }));
}

function json(response: HttpResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function end(response: HttpResponse, status: number): void {
  response.writeHead(status);
  response.end();
}
