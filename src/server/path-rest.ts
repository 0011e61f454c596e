import { SluiceError } from "../stream/error.js";
import type { Call } from "./call.js";

/** What follows a prefix in a call's path, decoded. @throws {SluiceError} `invalid-request` for what is badly encoded. */
export function pathRest({ path }: Pick<Call, "path">, prefix: string): string {
  try {
    return decodeURIComponent(path.slice(path.indexOf(prefix) + prefix.length));
  } catch {
    throw new SluiceError("invalid-request", "the path is badly encoded", { status: 400 });
  }
}
