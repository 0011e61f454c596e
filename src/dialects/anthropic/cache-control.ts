import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { CacheHint } from "../../stream/message.js";
import type { WireObject } from "../wire-object.js";

/** How many breakpoints the API takes. */
const MOST = 4;

/** A cache hint as Anthropic writes it; five minutes are the default. */
export function writeCache(hint: CacheHint | undefined): JsonObject {
  if (hint === undefined) return {};
  return { cache_control: hint === "1h" ? { type: "ephemeral", ttl: "1h" } : { type: "ephemeral" } };
}

/** The hint that stands on a block. */
export function readCache(block: WireObject): { cache?: CacheHint } {
  const control = block.object("cache_control");
  if (control === undefined) return {};
  return { cache: control.string("ttl") === "1h" ? "1h" : "5m" };
}

/** Takes the breakpoints off the earliest blocks where there are more than the API takes: the later ones say more. */
export function limitBreakpoints(body: JsonObject, warnings: Warning[]): void {
  const marked = [...blocks(body.tools), ...blocks(body.system), ...messageBlocks(body.messages)].filter(
    (block) => block.cache_control !== undefined,
  );
  const most = body.cache_control === undefined ? MOST : MOST - 1;
  if (marked.length <= most) return;
  for (const block of marked.slice(0, marked.length - most)) delete block.cache_control;
  warnings.push({
    field: "cache",
    message: `only the last ${most} of ${marked.length} hints were sent, the most there may be`,
  });
}

function messageBlocks(messages: JsonValue | undefined): JsonObject[] {
  return blocks(messages).flatMap((message) => blocks(message.content));
}

function blocks(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
