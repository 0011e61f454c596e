import type { WireEvent } from "../../stream/chat-model.js";
import type { HttpRequest } from "./transport.js";
import type { WireLog } from "./wire-log.js";

/** Whether `SLUICE_LOG` asks for what calls send and receive. */
export function isWirePrinted(): boolean {
  return typeof process !== "undefined" && process.env?.SLUICE_LOG === "debug";
}

/** Loads the log of a call that `onWire` or `SLUICE_LOG` watches; `undefined` for all others, which need none of its code. */
export function watchedWire(
  onWire: ((event: WireEvent) => void) | undefined,
  request: Pick<HttpRequest, "url" | "headers">,
): (() => Promise<WireLog | undefined>) | undefined {
  if (onWire === undefined && !isWirePrinted()) return undefined;
  return async () => (await import("./wire-log.js")).openWireLog(onWire, request);
}
