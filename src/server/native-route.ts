import { native } from "../dialects/native/native.js";
import type { ServerCall, ServerReply } from "./call.js";
import type { Route } from "./route.js";

/**
 * Makes the routes of one feature of Sluice's own protocol: below one path, with errors as that protocol has them.
 *
 * @param feature named before each summary.
 * @param base what stands before each path.
 * @param asked what a handler is given of a call.
 */
export function nativeRoute<Asked>(feature: string, base: string, asked: (call: ServerCall) => Asked | Promise<Asked>) {
  return (
    method: Route["method"],
    path: string,
    summary: string,
    handle: (asked: Asked) => ServerReply | Promise<ServerReply>,
  ): Route => ({
    method,
    path: `${base}${path}`,
    summary: `${feature}: ${summary}`,
    errors: native,
    handle: async (call) => handle(await asked(call)),
  });
}
