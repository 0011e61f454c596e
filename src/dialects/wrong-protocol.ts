import { isJsonObject, parseJson } from "../base/json.js";
import { detailsOf, SluiceError } from "../stream/error.js";
import type { ErrorResponse } from "./dialect.js";
import { otherProtocolsError } from "./wire-marks.js";

/** Statuses of a path that a service does not have, or not for this kind of request. */
const UNKNOWN_PATH = [404, 405, 501];

/** An unsuccessful answer's error, with a word about the protocol where a service of another one does not know the path. */
export function withProtocol(dialect: string, response: ErrorResponse, error: SluiceError): SluiceError {
  if (!UNKNOWN_PATH.includes(response.status)) return error;
  const protocol = protocolOf(response.body, dialect);
  if (protocol === undefined) return error;
  const hint = `the service seems to speak ${protocol} protocol, and ${dialect} was asked for: is the base URL or the provider right?`;
  return new SluiceError(error.code, `${error.message} (${hint})`, detailsOf(error));
}

function protocolOf(body: string, dialect: string): string | undefined {
  try {
    const value = parseJson(body);
    const object = Array.isArray(value) ? value[0] : value;
    return isJsonObject(object) ? otherProtocolsError(object, dialect) : undefined;
  } catch {
    return undefined;
  }
}
