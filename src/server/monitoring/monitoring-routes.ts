import { describe, SluiceError } from "../../stream/error.js";
import { SSE_HEADERS } from "../answer.js";
import { jsonReply } from "../call.js";
import { nativeRoute } from "../native-route.js";
import { pathPart } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { MonitorFrames } from "./monitor-frames.js";
import { SidecarFigures } from "./sidecar-figures.js";

const BASE = "/v1/monitoring";

/** How the server is doing, for dashboards. Who may read `/metrics` may read this. @param sidecar where the metrics of a Dapr sidecar are. */
export function monitoringRoutes(core: ServerCore, sidecar: string | undefined): Route[] {
  const figures = sidecar === undefined ? undefined : new SidecarFigures(sidecar);
  const route = nativeRoute("Monitoring", BASE, (call) => call);
  return [
    route("GET", "", "how the server is doing now, and the points of the last five minutes", async () => {
      const dapr = await figures?.read();
      const state = { ...core.monitor.state(), ...(dapr && { sidecar: dapr }) };
      return jsonReply({ points: core.monitor.points, state });
    }),
    route("GET", "/stream", "the same as it changes, as entries of the native protocol", async (call) => {
      const body = new MonitorFrames(core.monitor, figures, () => core.ending());
      call.onLeave(() => body.cancel());
      return { status: 200, headers: SSE_HEADERS, body };
    }),
    route("GET", "/runs/:run", "what happened in a run that goes on, was slow or failed", async (call) => {
      const run = pathPart(call, `${BASE}/runs/`);
      const found = core.monitor.find(run);
      if (found === undefined) {
        throw new SluiceError("not-found", `there is no run ${describe(run)}, or it is not remembered`, {
          field: "run",
        });
      }
      return jsonReply({ ...found.summary, timeline: found.timeline });
    }),
  ];
}
