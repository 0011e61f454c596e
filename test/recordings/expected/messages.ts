import type { FinishReason } from "../../../src/stream/chat-event.js";
import type { Usage } from "../../../src/stream/usage.js";

/** What a recording holds; nothing of a kind where it is absent. */
export interface ExpectedMessage {
  reason: FinishReason;
  /** Of the answer's text. */
  characters: number;
  /** Input and output tokens. */
  usage: [number, number];
  /** "none": it says nothing of a cache. Absent: that there was none. */
  cache?: "none" | Omit<Usage, "inputTokens" | "outputTokens">;
  toolCalls?: number;
  /** Of tools that the provider ran. */
  toolResults?: number;
  reasoning?: number;
  sources?: number;
  /** Blocks and containers that have to come back. */
  opaque?: number;
  /** It is of several calls, one after the other. */
  steps?: number;
  /** The provider began anew. */
  retracted?: true;
}

/** What the recorded streams of the Messages API hold, by path. */
export const MESSAGE_STREAMS: Readonly<Record<string, ExpectedMessage>> = {
  "anthropic/anthropic-advisor-20250301.1.chunks.txt": {
    reason: "stop",
    characters: 11250,
    toolCalls: 1,
    toolResults: 1,
    usage: [4727, 3391],
  },
  "anthropic/anthropic-clear-thinking.1.chunks.txt": { reason: "stop", characters: 13, reasoning: 1, usage: [69, 53] },
  "anthropic/anthropic-code-execution-20260120-prompt-cache.1.chunks.txt": {
    reason: "stop",
    characters: 62,
    toolCalls: 2,
    toolResults: 2,
    opaque: 1,
    usage: [9632, 198],
    cache: { cacheReadTokens: 6289, cacheWriteTokens: 3337, reasoningTokens: 0 },
  },
  "anthropic/anthropic-code-execution-file-upload.1.chunks.txt": {
    reason: "stop",
    characters: 1022,
    toolCalls: 3,
    toolResults: 3,
    opaque: 1,
    usage: [11505, 1103],
  },
  "anthropic/anthropic-combined-context-editing.1.chunks.txt": {
    reason: "stop",
    characters: 362,
    reasoning: 1,
    usage: [50, 485],
  },
  "anthropic/anthropic-compaction.1.chunks.txt": { reason: "stop", characters: 8518, opaque: 1, usage: [612, 2819] },
  "anthropic/anthropic-json-other-tool.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [843, 28],
  },
  "anthropic/anthropic-json-output-format.1.chunks.txt": { reason: "stop", characters: 1267, usage: [313, 305] },
  "anthropic/anthropic-json-tool.1.chunks.txt": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [849, 47] },
  "anthropic/anthropic-json-tool.2.chunks.txt": {
    reason: "tool-calls",
    characters: 35,
    toolCalls: 1,
    usage: [849, 47],
  },
  "anthropic/anthropic-mcp.1.chunks.txt": {
    reason: "stop",
    characters: 112,
    toolCalls: 1,
    toolResults: 1,
    usage: [1250, 83],
  },
  "anthropic/anthropic-message-delta-input-tokens.chunks.txt": {
    reason: "stop",
    characters: 4,
    usage: [61, 2],
    cache: "none",
  },
  "anthropic/anthropic-programmatic-tool-calling.1.chunks.txt": {
    reason: "stop",
    characters: 833,
    toolCalls: 15,
    toolResults: 1,
    opaque: 14,
    steps: 15,
    usage: [7920, 922],
  },
  "anthropic/anthropic-refusal.chunks.txt": { reason: "refusal", characters: 0, usage: [18, 5] },
  "anthropic/anthropic-text.chunks.txt": { reason: "stop", characters: 108, usage: [12, 30] },
  "anthropic/anthropic-tool-no-args.chunks.txt": {
    reason: "tool-calls",
    characters: 35,
    toolCalls: 1,
    usage: [565, 48],
  },
  "anthropic/anthropic-tool-search-deferred-bm25.chunks.txt": {
    reason: "stop",
    characters: 734,
    toolCalls: 3,
    toolResults: 1,
    steps: 3,
    usage: [3916, 485],
  },
  "anthropic/anthropic-tool-search-regex.1.chunks.txt": {
    reason: "stop",
    characters: 324,
    toolCalls: 2,
    toolResults: 1,
    steps: 2,
    usage: [2752, 230],
  },
  "anthropic/anthropic-web-fetch-tool-20260209.1.chunks.txt": {
    reason: "stop",
    characters: 194,
    toolCalls: 2,
    toolResults: 2,
    opaque: 1,
    usage: [7172, 144],
  },
  "anthropic/anthropic-web-fetch-tool.1.chunks.txt": {
    reason: "stop",
    characters: 1664,
    toolCalls: 1,
    toolResults: 1,
    usage: [4230, 446],
  },
  "anthropic/anthropic-web-search-tool.1.chunks.txt": {
    reason: "stop",
    characters: 2402,
    toolCalls: 1,
    toolResults: 1,
    sources: 14,
    usage: [15665, 795],
  },
  "anthropic/duplicate-message-start.chunks.txt": { reason: "stop", characters: 13, usage: [17, 227], cache: "none" },
  "anthropic/spliced-message-start.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    retracted: true,
    usage: [17, 65],
    cache: "none",
  },
  "prism-php/anthropic/stream-basic-text-1.sse": { reason: "stop", characters: 468, usage: [11, 104] },
  "prism-php/anthropic/stream-multi-tool-conversation-3.sse": { reason: "stop", characters: 300, usage: [173, 81] },
  "prism-php/anthropic/stream-with-tools-1.sse": {
    reason: "tool-calls",
    characters: 190,
    toolCalls: 1,
    usage: [465, 96],
  },
  "prism-php/anthropic/stream-with-tools-3.sse": { reason: "stop", characters: 124, usage: [200, 36] },
  "prism-php/anthropic/stream-with-web-search-citations-1.sse": {
    reason: "stop",
    characters: 875,
    toolCalls: 1,
    toolResults: 1,
    sources: 3,
    usage: [9911, 343],
  },
};

/** What the recorded bodies of the Messages API hold, by path. */
export const MESSAGE_BODIES: Readonly<Record<string, ExpectedMessage>> = {
  "anthropic/anthropic-advisor-20260301.1.json": {
    reason: "stop",
    characters: 10746,
    toolCalls: 1,
    toolResults: 1,
    usage: [2414, 3200],
  },
  "anthropic/anthropic-claude-opus-5-reasoning-high.1.json": {
    reason: "stop",
    characters: 2644,
    reasoning: 1,
    usage: [51, 1699],
    cache: { cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 139 },
  },
  "anthropic/anthropic-clear-thinking.1.json": { reason: "stop", characters: 13, reasoning: 1, usage: [69, 33] },
  "anthropic/anthropic-code-execution-file-upload.1.json": {
    reason: "stop",
    characters: 878,
    toolCalls: 2,
    toolResults: 2,
    opaque: 1,
    usage: [7451, 521],
  },
  "anthropic/anthropic-combined-context-editing.1.json": {
    reason: "stop",
    characters: 391,
    reasoning: 1,
    usage: [50, 418],
  },
  "anthropic/anthropic-compaction.1.json": { reason: "stop", characters: 4384, opaque: 1, usage: [682, 1320] },
  "anthropic/anthropic-json-other-tool.1.json": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [843, 28] },
  "anthropic/anthropic-json-output-format.1.json": { reason: "stop", characters: 2005, usage: [371, 629] },
  "anthropic/anthropic-json-tool.1.json": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [1151, 87] },
  "anthropic/anthropic-mcp.1.json": {
    reason: "stop",
    characters: 127,
    toolCalls: 1,
    toolResults: 1,
    usage: [1250, 88],
  },
  "anthropic/anthropic-memory-20250818.1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [1614, 69],
  },
  "anthropic/anthropic-programmatic-tool-calling.1.json": {
    reason: "stop",
    characters: 857,
    toolCalls: 5,
    toolResults: 1,
    opaque: 1,
    usage: [4243, 229],
  },
  "anthropic/anthropic-refusal.json": { reason: "refusal", characters: 0, usage: [18, 5] },
  "anthropic/anthropic-text.json": { reason: "stop", characters: 105, usage: [12, 29] },
  "anthropic/anthropic-tool-no-args.json": { reason: "tool-calls", characters: 255, toolCalls: 1, usage: [602, 93] },
  "anthropic/anthropic-tool-search-deferred-bm25.2.json": {
    reason: "tool-calls",
    characters: 226,
    toolCalls: 1,
    toolResults: 1,
    usage: [1398, 213],
  },
  "anthropic/anthropic-tool-search-regex.1.json": {
    reason: "tool-calls",
    characters: 103,
    toolCalls: 2,
    toolResults: 1,
    usage: [1676, 184],
  },
  "anthropic/anthropic-web-fetch-tool-20260209.1.json": {
    reason: "stop",
    characters: 187,
    toolCalls: 2,
    toolResults: 2,
    opaque: 1,
    usage: [7204, 162],
  },
  "anthropic/anthropic-web-fetch-tool.1.json": {
    reason: "stop",
    characters: 1716,
    toolCalls: 1,
    toolResults: 1,
    usage: [4234, 462],
  },
  "anthropic/anthropic-web-fetch-tool.2.json": {
    reason: "stop",
    characters: 1570,
    toolCalls: 1,
    toolResults: 1,
    usage: [28638, 365],
  },
  "anthropic/anthropic-web-fetch-tool.error.json": {
    reason: "stop",
    characters: 579,
    toolCalls: 1,
    toolResults: 1,
    usage: [1902, 214],
  },
  "anthropic/anthropic-web-search-tool.1.json": {
    reason: "stop",
    characters: 1874,
    toolCalls: 2,
    toolResults: 2,
    sources: 3,
    usage: [27118, 600],
  },
};
