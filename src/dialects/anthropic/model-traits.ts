/** What a model takes that others refuse. */
export interface ClaudeTraits {
  /** How thinking is asked for: by a budget in tokens, by effort (`adaptive`), or either. */
  thinking: "budget" | "either" | "adaptive";
  /** How thinking is turned off: explicitly, by leaving the field out, or only between tools; some always think. */
  withoutThinking: "disabled" | "unsaid" | "between_tools" | "never";
  /** Whether it takes `temperature`, `top_p` and `top_k`. */
  sampling: boolean;
  /** Whether it goes on from an answer at the end of the conversation. */
  prefill: boolean;
  /** Whether thoughts go back that nobody signed: services with models of their own want those that led to calls. */
  unsigned: boolean;
  /** Whether it can be made to call a tool. */
  forcedTools: boolean;
  /** `max_tokens`, which must be given, where the caller does not care: no more than the model can. */
  maxTokens: number;
}

/** A service that speaks this protocol with models of its own: the form of the first models that think. */
const FOREIGN: ClaudeTraits = {
  thinking: "budget",
  withoutThinking: "disabled",
  sampling: true,
  prefill: true,
  unsigned: true,
  forcedTools: true,
  maxTokens: 8_192,
};

/**
 * What a model takes, by its name; a name without a version is that of the newest. From the migration guides under
 * https://platform.claude.com/docs/en/about-claude/models.
 */
export function traitsOf(model: string): ClaudeTraits {
  const name = model.toLowerCase();
  if (!name.includes("claude")) return FOREIGN;
  const family = /opus|sonnet|haiku|fable|mythos/.exec(name)?.[0] ?? "";
  const version = versionOf(name, family);
  const always = family === "fable" || family === "mythos" || (family === "opus" && version >= 505);
  return {
    thinking: version < 406 ? "budget" : version < 407 ? "either" : "adaptive",
    withoutThinking: always ? "never" : withoutThinking(family, version),
    sampling: version < (family === "opus" ? 407 : 500),
    prefill: version < 406,
    unsigned: false,
    forcedTools: !(always && version >= 501),
    maxTokens: version < 305 ? 4_096 : version < 307 ? 8_192 : 32_000,
  };
}

function withoutThinking(family: string, version: number): ClaudeTraits["withoutThinking"] {
  if (version >= 407 && version < 500) return "unsaid";
  return family === "sonnet" && version >= 505 ? "between_tools" : "disabled";
}

/** For example 307 for `claude-3-7-sonnet-20250219` and 400 for `claude-sonnet-4-20250514`; a date is no version. */
function versionOf(name: string, family: string): number {
  const number = "(\\d{1,2})(?:[-.](\\d{1,2}))?(?!\\d)";
  const found = new RegExp(`${family}-${number}`).exec(name) ?? new RegExp(`claude-v?${number}`).exec(name);
  return found === null ? Number.POSITIVE_INFINITY : Number(found[1]) * 100 + Number(found[2] ?? 0);
}
