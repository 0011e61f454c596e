import { SluiceError } from "../../stream/error.js";

/** The error for what is neither events nor JSON: the server's own words. */
export function noAnswer(what: string, text: string): SluiceError {
  const message = text.slice(0, 500);
  return new SluiceError("malformed-frame", `the answer ${what}: ${message}`, {
    frame: message,
    providerMessage: message,
  });
}
