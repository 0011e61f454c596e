import { native } from "../dialects/native/native.js";
import type { ServerCall, ServerReply } from "./call.js";
import type { Route } from "./route.js";

/**
 * How the routes of a room of Sluice's own are made: below one path, their errors as the native protocol has them.
 *
 * @param room named before each summary.
 * @param base what stands before each path.
 * @param asked what a handler is given of a call.
 */
export function nativeRoute<Asked>(room: string, base: string, asked: (call: ServerCall) => Asked | Promise<Asked>) {
  return (
    method: Route["method"],
    path: string,
    summary: string,
    handle: (asked: Asked) => ServerReply | Promise<ServerReply>,
  ): Route => ({
    method,
    path: `${base}${path}`,
    summary: `${room}: ${summary}`,
    errors: native,
    handle: async (call) => handle(await asked(call)),
  });
}
