import type { PriceRow, PriceTable } from "./price-table.js";

const ANTHROPIC = { provider: "anthropic", source: "https://platform.claude.com/docs/en/about-claude/pricing" };
const OPENAI = {
  provider: "openai",
  source:
    "https://github.com/pydantic/genai-prices/blob/01d6df8c6f465a479f1bb6ef1d17758e0bf1b7f7/prices/providers/openai.yml",
};
const OPENAI_54 = {
  provider: "openai",
  source:
    "https://github.com/api-evangelist/openai/blob/0047de3a4983ffb66eabe0a20acb12672cba2392/plans/openai-plans-pricing.yml",
  date: "2026-05-04",
};
const GEMINI = {
  provider: "gemini",
  source:
    "https://github.com/api-evangelist/deepmind/blob/47a9772bdb46163b5e5560285bbc88bb11b86073/plans/deepmind-plans-pricing.yml",
  date: "2026-10-07",
};
const MISTRAL = {
  provider: "mistral",
  source:
    "https://github.com/pydantic/genai-prices/blob/03c250d316ce597028bad0954f3ad3fb4f45b0f1/prices/providers/mistral.yml",
};
const XAI = {
  provider: "xai",
  source:
    "https://github.com/pydantic/genai-prices/blob/05e4acabdbc00f8021fbf38d798af65c2fb28e1a/prices/providers/x_ai.yml",
};

const anthropic: readonly PriceRow[] = [
  {
    ...ANTHROPIC,
    models: ["claude-opus-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-opus-4-5"],
    input: 5,
    output: 25,
    cacheRead: 0.5,
    cacheWrite: 6.25,
    cacheWrite1h: 10,
    date: "2026-11-21",
  },
  {
    ...ANTHROPIC,
    models: ["claude-opus-4-1", "claude-opus-4-0", "claude-opus-4"],
    input: 15,
    output: 75,
    cacheRead: 1.5,
    cacheWrite: 18.75,
    cacheWrite1h: 30,
    date: "2026-11-21",
  },
  {
    provider: "anthropic",
    models: ["claude-opus-5-5"],
    input: 4,
    output: 20,
    source: "https://platform.claude.com/docs/about-claude/models/whats-new-opus-5",
    date: "2026-11-21",
  },
  {
    provider: "anthropic",
    models: ["claude-sonnet-5"],
    input: 2,
    output: 10,
    cacheRead: 0.2,
    cacheWrite: 2.5,
    cacheWrite1h: 4,
    source: "https://platform.claude.com/docs/zh-CN/models/sonnet-5/overview",
    date: "2026-11-21",
  },
  {
    provider: "anthropic",
    models: ["claude-sonnet-5-5"],
    input: 2,
    output: 10,
    cacheRead: 0.1,
    cacheWrite: 2.5,
    cacheWrite1h: 4,
    source: "https://github.com/TheKrush/PromptFuel/releases/tag/v1.0.23",
    date: "2026-10-16",
  },
  {
    ...ANTHROPIC,
    models: ["claude-sonnet-4-6", "claude-sonnet-4-5", "claude-sonnet-4-0", "claude-sonnet-4", "claude-3-7-sonnet"],
    input: 3,
    output: 15,
    cacheRead: 0.3,
    cacheWrite: 3.75,
    cacheWrite1h: 6,
    date: "2026-11-21",
  },
  {
    provider: "anthropic",
    models: ["claude-haiku-5-5"],
    input: 0.1,
    output: 0.5,
    cacheRead: 0.01,
    cacheWrite: 0.125,
    cacheWrite1h: 0.2,
    tiers: [
      { aboveInputTokens: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625, cacheWrite1h: 1 },
    ],
    source: "https://github.com/kurofune/claudit/releases/tag/v1.9.2",
    date: "2026-10-24",
  },
  {
    ...ANTHROPIC,
    models: ["claude-haiku-4-5"],
    input: 1,
    output: 5,
    cacheRead: 0.1,
    cacheWrite: 1.25,
    cacheWrite1h: 2,
    date: "2026-11-21",
  },
  {
    ...ANTHROPIC,
    models: ["claude-3-5-haiku"],
    input: 0.8,
    output: 4,
    cacheRead: 0.08,
    cacheWrite: 1,
    cacheWrite1h: 1.6,
    date: "2026-11-21",
  },
  {
    ...ANTHROPIC,
    models: ["claude-3-haiku"],
    input: 0.25,
    output: 1.25,
    cacheRead: 0.03,
    cacheWrite: 0.3,
    cacheWrite1h: 0.5,
    date: "2026-11-21",
  },
];

// Above 272,000 input tokens the newer ones cost more: https://docs.perplexity.ai/docs/gateway/models.
const openai: readonly PriceRow[] = [
  { ...OPENAI_54, models: ["gpt-5.5"], input: 5, output: 30, cacheRead: 0.5, maxInputTokens: 272_000 },
  { ...OPENAI_54, models: ["gpt-5.4"], input: 2.5, output: 15, cacheRead: 0.25, maxInputTokens: 272_000 },
  { ...OPENAI_54, models: ["gpt-5.4-mini"], input: 0.75, output: 4.5, cacheRead: 0.075 },
  { ...OPENAI_54, models: ["gpt-5.4-nano"], input: 0.2, output: 1.25, cacheRead: 0.02 },
  {
    ...OPENAI,
    models: ["gpt-5.1", "gpt-5.1-codex", "gpt-5.1-chat-latest", "gpt-5", "gpt-5-chat-latest", "gpt-5-codex"],
    input: 1.25,
    output: 10,
    cacheRead: 0.125,
    date: "2025-11-13",
  },
  {
    ...OPENAI,
    models: ["gpt-5-mini", "gpt-5.1-codex-mini"],
    input: 0.25,
    output: 2,
    cacheRead: 0.025,
    date: "2025-11-13",
  },
  {
    provider: "openai",
    models: ["gpt-5-nano"],
    input: 0.05,
    output: 0.4,
    cacheRead: 0.005,
    source: "https://developers.openai.com/api/docs/models/gpt-5-nano.md",
    date: "2026-11-21",
  },
  { ...OPENAI, models: ["gpt-5-pro"], input: 15, output: 120, date: "2025-11-13" },
  { ...OPENAI, models: ["gpt-4.1"], input: 2, output: 8, cacheRead: 0.5, date: "2025-07-04" },
  { ...OPENAI, models: ["gpt-4.1-mini"], input: 0.4, output: 1.6, cacheRead: 0.1, date: "2025-07-04" },
  { ...OPENAI, models: ["gpt-4.1-nano"], input: 0.1, output: 0.4, cacheRead: 0.025, date: "2025-07-04" },
  {
    provider: "openai",
    models: ["gpt-4o-2024-05-13"],
    input: 5,
    output: 15,
    source: "https://github.com/kunishou/GenerativeAI-Cost",
    date: "2026-11-21",
  },
  { ...OPENAI, models: ["gpt-4o"], input: 2.5, output: 10, cacheRead: 1.25, date: "2025-07-04" },
  { ...OPENAI, models: ["gpt-4o-mini"], input: 0.15, output: 0.6, cacheRead: 0.075, date: "2025-07-04" },
  { ...OPENAI, models: ["o1"], input: 15, output: 60, cacheRead: 7.5, date: "2025-07-04" },
  { ...OPENAI, models: ["o1-mini", "o3-mini"], input: 1.1, output: 4.4, cacheRead: 0.55, date: "2025-07-04" },
  { ...OPENAI, models: ["o3"], input: 2, output: 8, cacheRead: 0.5, date: "2025-07-12" },
  { ...OPENAI, models: ["o4-mini"], input: 1.1, output: 4.4, cacheRead: 0.275, date: "2025-07-04" },
  { ...OPENAI, models: ["gpt-4-turbo"], input: 10, output: 30, date: "2025-07-04" },
  {
    provider: "openai",
    models: ["gpt-4", "gpt-4-0613"],
    input: 30,
    output: 60,
    source: "https://developers.openai.com/api/docs/models/gpt-4.md",
    date: "2026-11-21",
  },
  { ...OPENAI, models: ["gpt-3.5-turbo", "gpt-3.5-turbo-0125"], input: 0.5, output: 1.5, date: "2025-07-04" },
];

const gemini: readonly PriceRow[] = [
  {
    ...GEMINI,
    models: ["gemini-3.1-pro-preview"],
    input: 2,
    output: 12,
    tiers: [{ aboveInputTokens: 200_000, input: 4, output: 18 }],
  },
  { ...GEMINI, models: ["gemini-3.5-flash"], input: 1.5, output: 9 },
  { ...GEMINI, models: ["gemini-3.5-flash-lite"], input: 0.3, output: 2.5 },
  {
    provider: "gemini",
    models: ["gemini-2.5-pro"],
    input: 1.25,
    output: 10,
    cacheRead: 0.125,
    tiers: [{ aboveInputTokens: 200_000, input: 2.5, output: 15, cacheRead: 0.25 }],
    source: "https://deploybase.ai/articles/gemini-api-pricing",
    date: "2026-03-01",
  },
  {
    provider: "gemini",
    models: ["gemini-2.5-flash"],
    input: 0.3,
    output: 2.5,
    cacheRead: 0.03,
    source: "https://deploybase.ai/articles/gemini-api-pricing",
    date: "2026-03-01",
  },
  {
    provider: "gemini",
    models: ["gemini-2.5-flash-lite"],
    input: 0.1,
    output: 0.4,
    source: "https://aifreeapi.com/en/posts/gemini-api-pricing-2026",
    date: "2026-01-01",
  },
];

const mistral: readonly PriceRow[] = [
  { ...MISTRAL, models: ["mistral-large-2512"], input: 0.5, output: 1.5, cacheRead: 0.05, date: "2026-06-09" },
  {
    ...MISTRAL,
    models: ["mistral-medium-latest", "mistral-medium-3-5", "mistral-medium-3.5"],
    input: 1.5,
    output: 7.5,
    cacheRead: 0.15,
    date: "2026-08-24",
  },
  {
    ...MISTRAL,
    models: ["mistral-medium-2508", "mistral-medium-2505"],
    input: 0.4,
    output: 2,
    cacheRead: 0.04,
    date: "2026-08-24",
  },
  { ...MISTRAL, models: ["mistral-small-2603"], input: 0.15, output: 0.6, cacheRead: 0.015, date: "2026-06-09" },
  { ...MISTRAL, models: ["ministral-14b-2512"], input: 0.2, output: 0.2, cacheRead: 0.02, date: "2026-06-09" },
  {
    ...MISTRAL,
    models: ["ministral-8b-2512", "ministral-8b-latest"],
    input: 0.15,
    output: 0.15,
    cacheRead: 0.015,
    date: "2026-08-24",
  },
  { ...MISTRAL, models: ["ministral-3b-2512"], input: 0.1, output: 0.1, cacheRead: 0.01, date: "2026-06-09" },
  { ...MISTRAL, models: ["codestral-2508"], input: 0.3, output: 0.9, cacheRead: 0.03, date: "2026-06-09" },
  { ...MISTRAL, models: ["devstral-2512"], input: 0.4, output: 2, cacheRead: 0.04, date: "2026-06-09" },
];

const xai: readonly PriceRow[] = [
  {
    ...XAI,
    models: ["grok-4.5", "grok-4.5-latest"],
    input: 2,
    output: 6,
    cacheRead: 0.5,
    // https://docs.perplexity.ai/docs/gateway/models
    tiers: [{ aboveInputTokens: 200_000, input: 4, output: 12 }],
    date: "2026-07-08",
  },
  {
    ...XAI,
    models: ["grok-4.3", "grok-4.3-latest"],
    input: 1.25,
    output: 2.5,
    cacheRead: 0.2,
    maxInputTokens: 200_000,
    date: "2026-05-12",
  },
  {
    ...XAI,
    models: [
      "grok-4-fast-reasoning",
      "grok-4-fast-non-reasoning",
      "grok-4-1-fast-reasoning",
      "grok-4-1-fast-non-reasoning",
    ],
    input: 0.2,
    output: 0.5,
    cacheRead: 0.05,
    maxInputTokens: 128_000,
    date: "2026-01-19",
  },
  {
    ...XAI,
    models: ["grok-4-0709", "grok-4", "grok-4-latest"],
    input: 3,
    output: 15,
    cacheRead: 0.75,
    maxInputTokens: 128_000,
    date: "2025-07-12",
  },
  { ...XAI, models: ["grok-3", "grok-3-latest"], input: 3, output: 15, cacheRead: 0.75, date: "2025-07-12" },
  {
    ...XAI,
    models: ["grok-3-mini", "grok-3-mini-latest"],
    input: 0.3,
    output: 0.5,
    cacheRead: 0.075,
    date: "2025-07-12",
  },
  { ...XAI, models: ["grok-code-fast-1"], input: 0.2, output: 1.5, cacheRead: 0.02, date: "2026-01-19" },
];

const groq: readonly PriceRow[] = [
  {
    provider: "groq",
    models: ["openai/gpt-oss-120b"],
    input: 0.15,
    output: 0.6,
    source: "https://github.com/braintrustdata/braintrust-proxy/issues/925",
    date: "2026-11-21",
  },
];

/**
 * Published prices of well-known models: standard calls, text, no discounts. Providers change theirs at any time, so each
 * row has its source and date; an application that must be exact brings its own table. Models whose price
 * depends on the hour (DeepSeek's) are left out.
 */
export const PRICES: PriceTable = { models: [...anthropic, ...openai, ...gemini, ...mistral, ...xai, ...groq] };
