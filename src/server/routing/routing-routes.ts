import { native } from "../../dialects/native/native.js";
import { isRouted } from "../../models/routing/route.js";
import { jsonReply } from "../call.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";

/** How the routes are doing, for dashboards. */
export function routingRoutes(core: ServerCore): Route[] {
  return [
    {
      method: "GET",
      path: "/v1/routes",
      errors: native,
      summary: "Native: how routes are doing: targets, circuit breakers, calls under way",
      handle: async ({ caller }) => {
        const models = core.models.list(caller).map(({ model }) => model);
        return jsonReply({ routes: models.filter(isRouted).map((model) => model.routeState()) });
      },
    },
  ];
}
