import { uuid } from "../base/uuid.js";
import { SluiceError } from "../stream/error.js";
import type { ServerCall } from "./call.js";
import type { Caller } from "./protect/caller.js";

/** A call that has come over a socket. @param signal is aborted when the client leaves. */
export function socketCall(caller: Caller, path: string, signal: AbortSignal): ServerCall {
  return {
    id: uuid(),
    method: "POST",
    path,
    query: new URLSearchParams(),
    caller,
    signal,
    onLeave: (listener) => {
      if (signal.aborted) listener();
      else signal.addEventListener("abort", listener, { once: true });
    },
    header: () => undefined,
    json: bodiless,
    bytes: bodiless,
  };
}

async function bodiless(): Promise<never> {
  throw new SluiceError("protocol", "a socket has messages and no body");
}
