import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { lookup } from "../../base/lookup.js";

const COMPACT = "compact-2026-01-12";
const COMPACT_NOW = "compact-2026-09-04";
const FILES = "files-api-2025-04-14";

/** Tools that are still behind a header, by the beginning of their type. */
const TOOLS: readonly [type: string, beta: string][] = [
  ["computer_20241022", "computer-use-2024-10-22"],
  ["text_editor_20241022", "computer-use-2024-10-22"],
  ["bash_20241022", "computer-use-2024-10-22"],
  ["computer_20250124", "computer-use-2025-01-24"],
  ["computer_20251124", "computer-use-2025-11-24"],
  ["advisor_", "advisor-tool-2026-03-01"],
  ["mcp_toolset", "mcp-client-2025-11-20"],
];

/** Fields of the request that are. */
const FIELDS: readonly [field: string, beta: string][] = [
  ["mcp_servers", "mcp-client-2025-11-20"],
  ["context_management", "context-management-2025-06-27"],
  ["compaction", COMPACT_NOW],
  ["fallbacks", "server-side-fallback-2026-07-01"],
  ["thread", "message-threads-2026-08-12"],
];

/** Content blocks that are, in a turn that comes back. */
const BLOCKS = lookup<string>({
  fallback: "server-side-fallback-2026-07-01",
  mcp_tool_use: "mcp-client-2025-11-20",
  mcp_tool_result: "mcp-client-2025-11-20",
  mcp_tool_listing: "mcp-client-2026-09-15",
  advisor_tool_result: "advisor-tool-2026-03-01",
  container_upload: FILES,
});

/** The beta headers without which the API would refuse what a request asks for (`@anthropic-ai/sdk`, `AnthropicBeta`). */
export function betasOf(body: JsonObject): string[] {
  const betas = new Set<string>();
  for (const tool of objects(body.tools)) {
    for (const [type, beta] of TOOLS) if (String(tool.type).startsWith(type)) betas.add(beta);
  }
  for (const [field, beta] of FIELDS) if ((body[field] ?? null) !== null) betas.add(beta);
  const edits = isJsonObject(body.context_management) ? objects(body.context_management.edits) : [];
  if (edits.some((edit) => String(edit.type).startsWith("compact_"))) betas.add(COMPACT);
  if (isJsonObject(body.container) && body.container.skills !== undefined) betas.add("skills-2025-10-02");
  if (isJsonObject(body.output_config) && body.output_config.task_budget) betas.add("task-budgets-2026-03-13");
  const { block_binding: binding, display } = isJsonObject(body.thinking) ? body.thinking : {};
  if (binding) betas.add("thinking-binding-controls-2026-08-01");
  if (display === "updates") betas.add("thinking-display-updates-2026-08-18");
  if (body.speed === "fast") betas.add("fast-mode-2026-02-01");
  for (const message of objects(body.messages)) {
    for (const block of objects(message.content)) {
      const beta = betaOf(block);
      if (beta !== undefined) betas.add(beta);
    }
  }
  return [...betas];
}

function betaOf(block: JsonObject): string | undefined {
  if (isJsonObject(block.source) && block.source.type === "file") return FILES;
  // Only the summary that a caller asked for is signed.
  if (block.type === "compaction") return typeof block.signature === "string" ? COMPACT_NOW : COMPACT;
  return BLOCKS.get(String(block.type));
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
