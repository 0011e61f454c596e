import { isJsonObject, type JsonValue, parseJson } from "../base/json.js";
import { badRequest } from "../dialects/wire-object.js";
import type { ServerCall } from "./call.js";

/** The place in a list behind which the next page begins: a time and an id. */
export interface ListPlace {
  time: string;
  id: string;
}

/** How many items a page has. */
export interface Page {
  limit: number;
  after?: ListPlace;
}

const MOST = 200;

/**
 * What `?limit=` and `?after=` say.
 *
 * @param usual items by default.
 * @throws {SluiceError} `invalid-request`.
 */
export function pageIn({ query }: Pick<ServerCall, "query">, usual: number): Page {
  const given = query.get("limit");
  const limit = given === null ? usual : /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > MOST) throw badRequest("limit", given, `a whole number from 1 to ${MOST}`);
  const after = query.get("after");
  return { limit, ...(after !== null && { after: placeOf(after, "after") }) };
}

/** The place as clients get it: `next` of a page. */
export function cursorOf({ time, id }: ListPlace): string {
  return Buffer.from(JSON.stringify([time, id])).toString("base64url");
}

/** @param field where the cursor stands. @throws {SluiceError} `invalid-request` for an invalid one. */
export function placeOf(cursor: string, field: string): ListPlace {
  const value = read(cursor);
  const [time, id] = Array.isArray(value) ? value : [];
  if (typeof time === "string" && !Number.isNaN(Date.parse(time)) && typeof id === "string") return { time, id };
  throw badRequest(field, cursor, "that of the page before");
}

function read(cursor: string): JsonValue | undefined {
  try {
    const value = parseJson(Buffer.from(cursor, "base64url").toString("utf8"));
    return isJsonObject(value) ? undefined : value;
  } catch {
    return undefined;
  }
}
