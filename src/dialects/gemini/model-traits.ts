/** The words of `thinkingLevel`, the least first. */
export type Level = "MINIMAL" | "LOW" | "MEDIUM" | "HIGH";

/** What a model takes that others refuse. */
export interface GeminiTraits {
  /** How thinking is asked for: not at all, by a budget in tokens, or by a level. */
  thinking:
    | { by: "none" }
    /** `off`: whether a budget of 0 is taken. */
    | { by: "budget"; least: number; most: number; off: boolean }
    | { by: "level"; levels: readonly Level[] };
  /** Whether it refuses a call of an earlier turn without its signature. */
  signatures: boolean;
  /** Whether the result of a function may hold files, and each part may say how closely to look at it. */
  mediaParts: boolean;
}

const ALL: readonly Level[] = ["MINIMAL", "LOW", "MEDIUM", "HIGH"];

/**
 * What a model takes, by its name; a name without a version is that of the newest. From
 * https://ai.google.dev/gemini-api/docs/thinking and https://ai.google.dev/gemini-api/docs/gemini-3.
 */
export function traitsOf(model: string): GeminiTraits {
  const name = model.toLowerCase();
  const version = versionOf(name);
  const newest = version >= 300;
  return { thinking: thinkingOf(name, version), signatures: newest && name.includes("gemini"), mediaParts: newest };
}

function thinkingOf(name: string, version: number): GeminiTraits["thinking"] {
  const talks = !/image|tts|audio|embedding|computer-use/.test(name);
  if (version < 205 || (version < 300 && !talks)) return { by: "none" };
  if (version < 300) return budgetOf(name);
  if (!name.includes("gemini")) return { by: "level", levels: ALL };
  if (name.includes("pro")) return { by: "level", levels: version === 300 ? ["LOW", "HIGH"] : ALL.slice(1) };
  return { by: "level", levels: version >= 307 ? ALL.slice(1) : ALL };
}

function budgetOf(name: string): GeminiTraits["thinking"] {
  if (name.includes("pro")) return { by: "budget", least: 128, most: 32_768, off: false };
  return { by: "budget", least: name.includes("lite") ? 512 : 1, most: 24_576, off: true };
}

/** For example 205 for `gemini-2.5-flash` and 300 for `gemini-3-pro-preview`; Gemma thinks since its fourth generation. */
function versionOf(name: string): number {
  const found = /(gemini|gemma)-(\d+)(?:\.(\d+))?/.exec(name);
  if (found?.[1] === "gemini") return Number(found[2]) * 100 + Number(found[3] ?? 0);
  return found !== null && Number(found[2]) < 4 ? 0 : Number.POSITIVE_INFINITY;
}
