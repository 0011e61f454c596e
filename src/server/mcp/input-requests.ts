import type { InputRequestPart } from "../../stream/message.js";
import { elicitationOf } from "./elicitation.js";

/** What asks each request of a client's user, by the request's id; `undefined` where a form cannot have what one asks for. */
export function inputRequestsOf(requests: readonly InputRequestPart[]): Record<string, object> | undefined {
  const asked: Record<string, object> = {};
  for (const request of requests) {
    const form = elicitationOf([request]);
    if (form === undefined) return undefined;
    asked[request.id] = { method: "elicitation/create", params: { mode: "form", ...form } };
  }
  return asked;
}
