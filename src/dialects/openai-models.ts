import type { ReasoningEffort } from "../stream/chat-request.js";

/** For example 506 for `gpt-5.6-sol` and 500 for `openai/gpt-5-mini`; `undefined` for what is no GPT, or none that thinks. */
function versionOf(model: string): number | undefined {
  const found = /(?:^|\/)gpt-(\d+)(?:\.(\d+))?(?!.*-chat)/i.exec(model);
  return found === null ? undefined : Number(found[1]) * 100 + Number(found[2] ?? 0);
}

/** Whether a model thinks where nobody asks it to: GPT-5.1 to 5.5 do not. */
function thinksUnasked(version: number): boolean {
  return version === 500 || version >= 506;
}

/**
 * Whether a model of OpenAI's takes `temperature` and `top_p`: those that think refuse them, with whatever effort, and newer
 * ones take them where they do not. https://developers.openai.com/api/docs/guides/latest-model
 *
 * @param effort how hard it is asked to think; `undefined` where nothing is said.
 */
export function takesSampling(model: string, effort: ReasoningEffort | undefined): boolean {
  if (/(?:^|\/)o\d/i.test(model)) return false;
  const version = versionOf(model);
  if (version === undefined || version < 500) return true;
  if (version === 500 || /codex|-pro\b/i.test(model)) return false;
  return effort === undefined ? !thinksUnasked(version) : effort === "none";
}

/**
 * Whether a model of OpenAI's would refuse functions in a chat completion because it would think beside them: from GPT-5.4
 * on these do both over Responses only. https://github.com/openai/openai-openapi/issues/541
 */
export function refusesFunctions(model: string, effort: ReasoningEffort | undefined): boolean {
  const version = versionOf(model);
  if (version === undefined || version < 504 || effort === "none") return false;
  return effort !== undefined || thinksUnasked(version);
}
