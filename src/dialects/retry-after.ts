import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";

/** Where a provider may say how long to wait. */
export interface WaitSources {
  headers?: Readonly<Record<string, string>> | undefined;
  /** Further fields of its error. */
  data?: JsonObject | undefined;
  message?: string | undefined;
}

/** How long a provider asks to wait, in ms: in fields of its error, in its headers, or else in its words. */
export function askedWaitMs({ headers = {}, data, message = "" }: WaitSources): number | undefined {
  return waitInFields(data) ?? retryAfterMs(headers) ?? waitInWords(message);
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3), in ms. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now = Date.now()): number | undefined {
  const ms = amountIn(headers["retry-after-ms"]);
  if (ms !== undefined) return ms;
  const after = headers["retry-after"];
  if (after === undefined) return undefined;
  const seconds = amountIn(after);
  if (seconds !== undefined) return seconds * 1_000;
  // `Date.parse` finds a date in a negative number too.
  const date = /^\s*[a-z]{3}/i.test(after) ? Date.parse(after) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** A plain number: neither `Infinity` nor a notation that only programs have. */
function amountIn(text = ""): number | undefined {
  return /^\d{1,15}(?:\.\d{1,15})?$/.test(text.trim()) ? Number(text) : undefined;
}

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

/** A `google.protobuf.Duration` in its JSON form in Google's details of an error, for example `34.4s`. */
function retryInfoMs(details: JsonValue | undefined): number | undefined {
  const list = Array.isArray(details) ? details.filter(isJsonObject) : [];
  const delay = list.find((detail) => detail["@type"] === RETRY_INFO)?.retryDelay;
  const seconds = typeof delay === "string" ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1_000);
}

/** Google's details; the headers that OpenRouter repeats; seconds under a name for them (Cloudflare, Codex). */
function waitInFields(data: JsonObject | undefined): number | undefined {
  if (data === undefined) return undefined;
  const { metadata, retry_after_ms: ms } = data;
  const { headers } = isJsonObject(metadata) ? metadata : {};
  if (typeof ms === "number" && ms >= 0) return ms;
  const seconds = [data.retry_after, data.retry_after_seconds, data.retryAfter, data.resets_in_seconds].find(
    (value) => typeof value === "number" && value >= 0,
  );
  return (
    retryInfoMs(data.details) ??
    (typeof seconds === "number" ? seconds * 1_000 : undefined) ??
    (isJsonObject(headers) ? retryAfterMs(lowered(headers)) : undefined)
  );
}

function lowered(headers: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** What stands before how long to wait, in sentences of providers and in errors that others have put into words. */
const BEFORE =
  /\b(?:(?:re)?try(?:ing)?(?: again| \w+ request)?(?: in| after)|wait(?: for)?(?: at least)?|resets? (?:in|after)|retry[-_ ]?(?:after|delay)["']?\s?[:=])\s*["']?(?:about |another |~)?(?=\d)/gi;
/** An amount of time: units of one letter only where no word goes on. */
const AMOUNT =
  /(\d{1,9}(?:\.\d{1,9})?)[ -]?((?:milli|m)?s(?:ec\w*)?|m(?:in\w*)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)(?![a-z])(?:,? and |[, ]{0,2})/iy;

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A wait in words, in ms: "Please try again in 1m2.5s", "retry after 30 seconds". */
function waitInWords(message: string): number | undefined {
  for (const { 0: before, index } of message.matchAll(BEFORE)) {
    let total: number | undefined;
    AMOUNT.lastIndex = index + before.length;
    for (let amount = AMOUNT.exec(message); amount !== null; amount = AMOUNT.exec(message)) {
      const [, number = "", unit = ""] = amount;
      total = (total ?? 0) + Number(number) * unitMs(unit.toLowerCase());
    }
    if (total !== undefined) return Math.round(total);
  }
  return undefined;
}

function unitMs(unit: string): number {
  return /^m(illi)?s/.test(unit) ? 1 : (UNIT_MS[unit.charAt(0)] ?? 1_000);
}
