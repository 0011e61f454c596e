import { isJsonObject, type JsonObject } from "../base/json.js";
import { badRequest } from "../dialects/wire-object.js";
import type { Check } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import type { ServerCall } from "./call.js";

/**
 * A request's body, as strict as the same options in a program. `null` counts as absent.
 *
 * @throws {SluiceError} `invalid-request` with the field's path.
 */
export async function checkedBody(call: ServerCall, check: Check): Promise<JsonObject> {
  const body = await call.json();
  if (!isJsonObject(body)) throw badRequest("body", body, "an object");
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  asRequest(() => check(given, ""));
  return given;
}

/** Runs something that checks what a client sent: what is invalid is the client's request. */
export function asRequest<T>(run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw requestError(thrown);
  }
}

/** The same for what takes its time. */
export async function asRequestLater<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    throw requestError(thrown);
  }
}

function requestError(thrown: unknown): unknown {
  if (!(thrown instanceof SluiceError) || thrown.code !== "invalid-argument") return thrown;
  return new SluiceError("invalid-request", thrown.message, thrown.field === undefined ? {} : { field: thrown.field });
}
