import type { Dialect } from "../../dialects/dialect.js";
import { statusOf } from "../../dialects/provider-error.js";
import type { ServerCall, ServerReply } from "../call.js";
import { pathPart } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";

const CODES: Readonly<Record<number, string>> = {
  400: "ERR_MALFORMED_REQUEST",
  401: "ERR_UNAUTHENTICATED",
  403: "ERR_PERMISSION_DENIED",
};

/** Before a component is known: errors of the server's own, in the form of Dapr's. */
const errors: Pick<Dialect, "writeError"> = {
  writeError(error) {
    const status = error.status ?? statusOf(error);
    return { status, body: { errorCode: CODES[status] ?? "ERR_INTERNAL", message: error.message } };
  },
};

/**
 * Dapr's conversation API, with what is served as its components: whole as daprd answers it, and streamed as the sidecar does
 * (`…/converse/stream`).
 */
export function daprRoutes(core: ServerCore): Route[] {
  return (["alpha1", "alpha2"] as const).flatMap((api) =>
    ["", "/stream"].map((streamed): Route => {
      const handle = async (call: ServerCall): Promise<ServerReply> => {
        // Loaded here: few servers are asked for it, and its messages are long to describe.
        const { converseReply } = await import("./converse-reply.js");
        return converseReply(core, call, {
          api,
          component: pathPart(call, "/conversation/"),
          streamed: streamed !== "",
        });
      };
      const summary = `Dapr: converses with a component (${api}${streamed === "" ? "" : ", streamed"})`;
      return { method: "POST", path: `/v1.0-${api}/conversation/:name/converse${streamed}`, errors, summary, handle };
    }),
  );
}
