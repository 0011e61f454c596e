import { decodeBase64 } from "../../base/base64.js";
import { badRequest, type WireObject } from "../wire-object.js";

/**
 * Checks the fields of a client's part that are read; others are tolerated.
 *
 * @throws {SluiceError} `invalid-request`, naming the field.
 */
export function checkPart(part: WireObject): void {
  part.string("text");
  part.boolean("thought");
  part.string("thoughtSignature");
  const inline = part.object("inlineData");
  if (inline !== undefined) {
    inline.requiredString("mimeType");
    checkBase64(inline, "data");
  }
  part.object("fileData")?.requiredString("fileUri");
  const call = part.object("functionCall");
  call?.requiredString("name");
  call?.object("args");
  part.object("functionResponse")?.object("response");
  for (const key of ["executableCode", "codeExecutionResult", "toolCall", "toolResponse"]) part.object(key);
}

function checkBase64(object: WireObject, key: string): void {
  const text = object.requiredString(key);
  try {
    decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw badRequest(object.field(key), text, "base64");
  }
}
