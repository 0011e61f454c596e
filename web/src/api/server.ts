import { type ReadonlySignal, signal } from "@preact/signals";
import { isJsonObject, type JsonValue, parseJson } from "../../../src/base/json.js";
import { native } from "../../../src/dialects/native/native.js";
import { openAiChat } from "../../../src/dialects/openai-chat/openai-chat.js";
import { SluiceError } from "../../../src/stream/error.js";
import { keptText } from "../store/kept-text.js";

/** What is sent to the server. */
export interface Ask {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  body?: object;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

const kept = keptText("sluice-key");

/** The key that the server is sent; kept in this browser. Empty if there is none. */
export const key: ReadonlySignal<string> = kept.text;

/** Whether the server has refused the key, or asks for one: a dialog then asks the user. */
export const keyWanted = signal(false);

/** Takes a key that the user gave. */
export function takeKey(given: string): void {
  kept.keep(given.trim());
  keyWanted.value = false;
}

/** The address of a path of the server, for example `v1/models`: beside the page, wherever the server is mounted. */
export function urlOf(path: string): URL {
  return new URL(path, document.baseURI.replace(/#.*$/, ""));
}

/**
 * Asks the server.
 *
 * @throws {SluiceError} what it answered, whole; `connect-failed` where it could not be reached; `cancelled`.
 */
export async function ask(path: string, { method = "GET", body, headers, signal: stop }: Ask = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(urlOf(path), {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key.value !== "" && { authorization: `Bearer ${key.value}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(stop !== undefined && { signal: stop }),
    });
  } catch (cause) {
    if (stop?.aborted) throw new SluiceError("cancelled", "stopped", { cause });
    throw new SluiceError("connect-failed", "the server could not be reached", { cause, retryable: true });
  }
  if (response.ok) return response;
  if (response.status === 401) keyWanted.value = true;
  throw errorOf(response, await response.text());
}

/** Asks the server for JSON. @throws {SluiceError} as `ask` does; `malformed-frame` for what is no JSON. */
export async function askJson(path: string, options: Ask = {}): Promise<JsonValue> {
  const text = await (await ask(path, options)).text();
  try {
    return parseJson(text);
  } catch (cause) {
    throw new SluiceError("malformed-frame", "the server answered with something that is not JSON", { cause });
  }
}

/** Routes of the native protocol write errors whole, the others as OpenAI does. */
function errorOf({ status, headers }: Response, body: string): SluiceError {
  const response = { status, headers: Object.fromEntries(headers), body };
  return isNative(body) ? native.readError(response) : openAiChat.readError(response);
}

function isNative(text: string): boolean {
  try {
    const body = parseJson(text);
    return isJsonObject(body) && isJsonObject(body.error) && "retryable" in body.error;
  } catch {
    return false;
  }
}
