import type { RequestInit, Response } from "undici";
import { wait as pause, systemClock } from "../../base/clock.js";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { GuardedFetch } from "../../models/http/guarded-fetch.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { anything, choice, flag, number, object, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { authorised } from "../http/credentials.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
/** The most bytes of an answer that are read by default. */
const MOST_BYTES = 10_000_000;
/** What an answer's body says it is, where its bytes are a text. */
const TEXTUAL = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|x-www-form-urlencoded|yaml))/i;

/** Makes an HTTP request. An answer of status 400 and above is a result; no answer is a failure. */
export const httpRequest: StepType = {
  type: "http_request",
  aliases: ["http", "api_call"],
  about: "Makes an HTTP request to a public address.",
  config: {
    method: text("GET, POST, PUT, DELETE, PATCH, HEAD or OPTIONS. Default GET."),
    timeout: number("Seconds until the whole answer is there. Default 30.", { minimum: 0 }),
    follow_redirects: flag("Default true."),
    verify_ssl: flag("Default true."),
    max_retries: whole("How often a request that got no answer is made again. Default 3; for POST and PATCH 0."),
    backoff_factor: number("Seconds before the first retry; they double. Default 1.", { minimum: 0 }),
    auth_type: choice("How the request proves whose it is.", ["bearer", "basic", "api_key"]),
    auth_credentials: object("token; username and password; api_key and header_name. Default: credentials of the run."),
    include_content: flag("Whether `content` is among the results. Default true."),
    include_text: flag("Whether `text` is among the results. Default true."),
  },
  inputs: {
    url: required(text("Where.", { aliases: ["endpoint"] })),
    headers: object("Headers."),
    params: object("The query.", { aliases: ["query_params"] }),
    json_data: anything("Sent as JSON.", { aliases: ["json", "body"] }),
    form_data: object("Sent as a form.", { aliases: ["form"] }),
    data: anything("Sent as it is."),
    auth_credentials: object("As in config."),
  },
  results: {
    success: "Whether the status is below 400.",
    status_code: "The status.",
    headers: "Of the answer.",
    url: "Where the answer came from, after redirects.",
    method: "As it was made.",
    elapsed_time: "In seconds.",
    content_length: "In bytes.",
    is_client_error: "Whether the status is 400 to 499.",
    is_server_error: "Whether the status is 500 or more.",
    content: "The body: text, or base64 where it is none.",
    text: "The body as text.",
    json: "The body as JSON, where it is.",
    metadata: "request_config and response_info.",
    error: "Why there was no answer, where the workflow looks at success.",
    error_type: "The kind of failure.",
  },
  main: ({ outputs }) => (outputs.includes("text") ? "text" : "json"),
  decides: "success",
  group: "http",
  touches: ({ config, inputs }) => {
    const writes = !SAFE.has(String(config.method ?? "GET").toUpperCase());
    const origin = /^https?:\/\/[^/{}?#]+/.exec(String(inputs.url ?? config.url ?? ""))?.[0];
    return [{ what: `http:${origin ?? ""}`, writes }];
  },
  check({ config }) {
    const { method } = config;
    if (typeof method !== "string" || method.includes("{") || METHODS.includes(method.toUpperCase())) return undefined;
    return `config.method: Invalid HTTP method ${JSON.stringify(method)}; the methods are ${METHODS.join(", ")}`;
  },
  async run(context) {
    const request = requestOf(context);
    const began = performance.now();
    const made = await withRetries(context, request).catch((thrown: unknown) => noAnswer(context, thrown));
    return { ...made, elapsed_time: (performance.now() - began) / 1_000 };
  },
};

interface HttpRequest {
  url: URL;
  method: string;
  init: RequestInit;
}

function requestOf(context: StepContext): HttpRequest {
  const url = urlOf(context.field("url"));
  const method = String(context.field("method") ?? "GET").toUpperCase();
  if (!METHODS.includes(method)) throw invalid("config.method", method, METHODS.join(", "));
  const params = context.field("params");
  if (isJsonObject(params)) {
    for (const [name, value] of Object.entries(params)) {
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== null) url.searchParams.append(name, asText(one));
    }
  }
  const found = context.field("headers");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(isJsonObject(found) ? found : {})) headers[name] = asText(value);
  const body = bodyOf(context, headers);
  if (!SAFE.has(method) && !hasHeader(headers, "idempotency-key")) headers["idempotency-key"] = context.idempotencyKey;
  const authorisedUrl = authorised(context, url, headers);
  return { url: authorisedUrl, method, init: { method, headers, ...(body !== undefined && { body }) } };
}

function urlOf(found: JsonValue | undefined): URL {
  if (found === undefined || found === null || found === "")
    throw new SluiceError("invalid-argument", "url is required", { field: "inputs.url" });
  const text = asText(found);
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) {
    throw new SluiceError("invalid-argument", `Invalid URL format: ${JSON.stringify(text.slice(0, 200))}`, {
      field: "inputs.url",
    });
  }
  return new URL(text);
}

function bodyOf(context: StepContext, headers: Record<string, string>): string | undefined {
  const [json, form, data] = ["json_data", "form_data", "data"].map((name) => context.field(name) ?? undefined);
  const given = [json, form, data].filter((one) => one !== undefined);
  if (given.length > 1) {
    const message = "Only one of json_data, form_data, or data can be specified";
    throw new SluiceError("invalid-argument", message, { field: "inputs" });
  }
  if (json !== undefined) {
    if (!hasHeader(headers, "content-type")) headers["content-type"] = "application/json";
    return JSON.stringify(json);
  }
  if (isJsonObject(form)) {
    if (!hasHeader(headers, "content-type")) headers["content-type"] = "application/x-www-form-urlencoded";
    return new URLSearchParams(Object.entries(form).map(([name, value]) => [name, asText(value)])).toString();
  }
  return data === undefined ? undefined : asText(data);
}

function hasHeader(headers: Record<string, string>, name: string): boolean {
  return Object.keys(headers).some((one) => one.toLowerCase() === name);
}

/** A request that got no answer is made again; one that may have had an effect only where the author says so. */
async function withRetries(context: StepContext, request: HttpRequest): Promise<StepResult> {
  const { max_retries: retries, backoff_factor: factor } = context.config;
  const most = typeof retries === "number" ? retries : request.method === "POST" || request.method === "PATCH" ? 0 : 3;
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(context, request);
    } catch (thrown) {
      const error = SluiceError.from(thrown, "connect-failed");
      if (error.code !== "connect-failed" || attempt >= most || context.signal.aborted) throw error;
      const seconds = (typeof factor === "number" ? factor : 1) * 2 ** attempt;
      await pause(seconds * 1_000, context.services.clock ?? systemClock, context.signal);
    }
  }
}

/** A workflow that looks whether the request went well deals with a failure itself. */
function noAnswer(context: StepContext, thrown: unknown): StepResult {
  const error = SluiceError.from(thrown, "connect-failed");
  const missed = error.code === "connect-failed" || error.code === "total-timeout";
  if (!missed || !context.handlesFailure || context.signal.aborted) throw thrown;
  return {
    success: false,
    status_code: null,
    error: error.message,
    error_type: error.code,
    json: null,
    text: null,
    content: null,
  };
}

async function once(context: StepContext, { url, method, init }: HttpRequest): Promise<StepResult> {
  const { config, services, signal } = context;
  const seconds = typeof config.timeout === "number" ? config.timeout : 30;
  const late = AbortSignal.timeout(seconds * 1_000);
  const guarded = new GuardedFetch(services.http ?? {}, "inputs.url");
  const settings = { followRedirects: config.follow_redirects !== false, verifyTls: config.verify_ssl !== false };
  try {
    const {
      response,
      url: from,
      close,
    } = await guarded.request(url, { ...init, signal: AbortSignal.any([signal, late]) }, settings);
    try {
      const body = await readBody(response, services.http?.maxBytes ?? MOST_BYTES);
      return results(context, response, body, { url: from, method });
    } finally {
      void close();
    }
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    if (late.aborted) throw new SluiceError("total-timeout", `no answer after ${seconds} s`, { retryable: true });
    throw thrown;
  }
}

async function readBody(response: Response, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > most)
      throw new SluiceError("frame-too-large", `the answer has more than ${most} bytes: http.maxBytes allows more`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function results(
  { config, outputs }: StepContext,
  response: Response,
  body: Uint8Array,
  { url, method }: { url: URL; method: string },
): StepResult {
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  const type = headers["content-type"] ?? "";
  const isText = TEXTUAL.test(type) || type === "";
  const words = new TextDecoder().decode(body);
  const json = jsonOf(words, type);
  const failed = { is_client_error: status >= 400 && status < 500, is_server_error: status >= 500 };
  const info: JsonObject = { status_code: status, headers, content_length: body.length };
  return {
    success: status < 400,
    status_code: status,
    headers,
    url: url.href,
    method,
    content_length: body.length,
    ...failed,
    ...(config.include_content !== false && { content: isText ? words : Buffer.from(body).toString("base64") }),
    ...(config.include_text !== false && { text: words }),
    ...(json !== undefined ? { json } : outputs.includes("json") ? { json: null } : {}),
    metadata: { request_config: { method, url: url.href }, response_info: info },
  };
}

function jsonOf(text: string, type: string): JsonValue | undefined {
  if (!/json/i.test(type) && !/^\s*[[{]/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
