import { type JsonValue, parseExactJson } from "../../base/json.js";
import { plainBody } from "../../dialects/provider-error.js";
import { SluiceError } from "../../stream/error.js";
import { MAX_BODY_BYTES } from "./http-answer.js";
import type { HttpCall } from "./http-call.js";
import { noAnswer } from "./no-answer.js";
import { notJson } from "./not-json.js";
import type { ResponseHead } from "./transport.js";

/** How much is read of a web page that came in an answer's place, in bytes. */
const MAX_PAGE_BYTES = 1024 * 1024;

/**
 * The JSON of a body that is one answer; `undefined`, with its bytes put back, where it is JSON on lines.
 *
 * @throws {SluiceError} `malformed-frame` where it is no JSON.
 */
export async function bodyIn(call: HttpCall): Promise<JsonValue | undefined> {
  const text = await call.readText(MAX_BODY_BYTES);
  const body = parsed(text);
  if (body !== undefined) return body;
  if (!text.trim().includes("\n")) throw notJson(text);
  call.putBack([new TextEncoder().encode(text)]);
  return undefined;
}

/** @throws {SluiceError} `malformed-frame` with what a web page says that came in an answer's place. */
export async function refusePage(call: HttpCall, { status, headers }: ResponseHead): Promise<never> {
  const page = await call.readText(MAX_PAGE_BYTES);
  const words = plainBody({ status, headers, body: page });
  const says = words === undefined ? "" : ` (${words})`;
  throw new SluiceError("malformed-frame", `the answer is a web page${says}: is the base URL right?`, {
    frame: page.slice(0, 500),
  });
}

/**
 * Why there is no answer, or not all of it, where text came that was in no frame.
 *
 * @param began whether any frame came.
 * @param failure what the answer has failed with.
 */
export function strayFailure(stray: string, began: boolean, failure: SluiceError): SluiceError {
  const page = stray.startsWith("<") ? plainBody({ status: 200, headers: {}, body: stray }) : undefined;
  if (isCutJson(stray) || (began && failure.code !== "truncated")) return failure;
  return noAnswer(began ? "broke off" : "is no stream", page ?? stray);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

/** Whether a body was to be JSON and ended within it. */
function isCutJson(text: string): boolean {
  return /^[{[]/.test(text) && parsed(text) === undefined;
}
