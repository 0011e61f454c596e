import { type JsonValue, parseExactJson } from "../../base/json.js";
import { onAbort } from "../../base/on-abort.js";
import type { CallOptions } from "../../stream/chat-model.js";
import { SluiceError } from "../../stream/error.js";
import { defaultTimeouts } from "./default-timeouts.js";
import type { HttpCall, ReadError } from "./http-call.js";
import type { HttpService } from "./http-service.js";
import { notJson } from "./not-json.js";

/** The longest list of models and the like, in bytes. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

/**
 * Reads JSON.
 *
 * @throws {SluiceError} as a call does; `malformed-frame` for anything but JSON.
 */
export async function getJson(
  service: HttpService,
  model: string,
  path: string,
  readError: ReadError,
  options: CallOptions,
): Promise<JsonValue> {
  const { headers } = options;
  const request = service.request("GET", path, { accept: "application/json" }, service.options.headers, headers);
  return readJson(service.call(model, request, readError, options), options.signal, MAX_JSON_BYTES);
}

/**
 * Sends JSON and reads JSON.
 *
 * @param options `maxBytes`: the longest answer. Default 16 MiB.
 * @throws {SluiceError} as a call does; `malformed-frame` for anything but JSON, `frame-too-large` for an answer that is too long.
 */
export async function postJson(
  service: HttpService,
  model: string,
  path: string,
  body: JsonValue,
  readError: ReadError,
  options: CallOptions & { maxBytes?: number },
): Promise<JsonValue> {
  const { headers, maxBytes = MAX_JSON_BYTES } = options;
  const json = { accept: "application/json", "content-type": "application/json" };
  const request = service.request("POST", path, json, service.options.headers, headers);
  const { nearBy = false } = service.options;
  const limits = defaultTimeouts({ nearBy, model, streaming: false, reasoning: false });
  const call = service.call(model, { ...request, body: JSON.stringify(body) }, readError, options, limits);
  return readJson(call, options.signal, maxBytes);
}

async function readJson(call: HttpCall, signal: AbortSignal | undefined, maxBytes: number): Promise<JsonValue> {
  const cancel = () => call.cancel(new SluiceError("cancelled", "the call was cancelled", { cause: signal?.reason }));
  const callOff = signal === undefined ? undefined : onAbort(signal, cancel);
  try {
    if (signal?.aborted) cancel();
    return await call.run(async () => {
      const body = parsed(await call.readText(maxBytes));
      call.finish();
      return body;
    });
  } finally {
    callOff?.();
  }
}

function parsed(text: string): JsonValue {
  try {
    return parseExactJson(text);
  } catch (cause) {
    throw notJson(text, cause);
  }
}
