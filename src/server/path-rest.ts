import { SluiceError } from "../stream/error.js";
import type { ServerCall } from "./call.js";

/** What follows a prefix in a call's path, decoded. @throws {SluiceError} `invalid-request` for what is badly encoded. */
export function pathRest({ path }: Pick<ServerCall, "path">, prefix: string): string {
  return decodedPath(path.slice(path.indexOf(prefix) + prefix.length));
}

/** A part of a path, decoded. @throws {SluiceError} `invalid-request` for what is badly encoded. */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new SluiceError("invalid-request", "the path is badly encoded", { status: 400 });
  }
}

/** The part of a call's path behind a prefix, up to the next slash, decoded. @throws as `pathRest`. */
export function pathPart({ path }: Pick<ServerCall, "path">, prefix: string): string {
  const at = path.indexOf(prefix);
  if (at === -1) return "";
  const [part = ""] = path.slice(at + prefix.length).split("/", 1);
  return decodedPath(part);
}
