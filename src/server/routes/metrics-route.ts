import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import type { Route } from "../route.js";
import type { ServerMetrics } from "../server-metrics.js";

/** What a scraper of Prometheus reads; it needs a key where others do. */
export function metricsRoute(metrics: ServerMetrics): Route {
  return {
    method: "GET",
    path: "/metrics",
    errors: openAiChat,
    summary: "What the server counts, for Prometheus",
    handle: async () => {
      const { contentType, body } = await metrics.text();
      return { status: 200, headers: { "content-type": contentType }, body };
    },
  };
}
