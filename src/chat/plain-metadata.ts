import { isJsonObject, type JsonObject } from "../base/json.js";
import { invalid, messageOf } from "../stream/error.js";

/**
 * An application's data as every store keeps it, which is JSON.
 *
 * @throws {SluiceError} `invalid-argument` for what JSON cannot carry.
 */
export function plainMetadata(metadata: JsonObject): JsonObject {
  if (!isJsonObject(metadata)) throw invalid("metadata", metadata, "an object");
  try {
    return JSON.parse(JSON.stringify(metadata));
  } catch (thrown) {
    throw invalid("metadata", `what is no JSON: ${messageOf(thrown)}`, "JSON values");
  }
}
