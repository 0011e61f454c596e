import { a2aRoutes } from "./a2a/a2a-routes.js";
import { audioRoutes } from "./audio/audio-routes.js";
import { daprRoutes } from "./dapr/dapr-routes.js";
import { embeddingRoutes } from "./embeddings/embedding-routes.js";
import { mcpRoutes } from "./mcp/mcp-routes.js";
import { responseRoutes } from "./responses/response-routes.js";
import type { Route } from "./route.js";
import { agUiRoutes } from "./routes/ag-ui-routes.js";
import { aiSdkRoutes } from "./routes/ai-sdk-routes.js";
import { anthropicRoutes } from "./routes/anthropic-routes.js";
import { geminiRoutes } from "./routes/gemini-routes.js";
import { healthRoutes } from "./routes/health-routes.js";
import { modelListRoutes } from "./routes/model-list-routes.js";
import { ollamaRoutes } from "./routes/ollama-routes.js";
import { openAiRoutes } from "./routes/openai-routes.js";
import { runRoutes } from "./routes/run-routes.js";
import { routingRoutes } from "./routing/routing-routes.js";
import type { ServerCore } from "./server-core.js";

/** Every path of a server, those that are more exact first. */
export function allRoutes(core: ServerCore): Route[] {
  return [
    ...modelListRoutes(core),
    ...openAiRoutes(core),
    ...responseRoutes(core),
    ...embeddingRoutes(core),
    ...audioRoutes(core),
    ...anthropicRoutes(core),
    ...geminiRoutes(core),
    ...aiSdkRoutes(core),
    ...ollamaRoutes(core),
    ...agUiRoutes(core),
    ...daprRoutes(core),
    ...a2aRoutes(core),
    ...mcpRoutes(core),
    ...runRoutes(core),
    ...routingRoutes(core),
    ...healthRoutes(core),
  ];
}
