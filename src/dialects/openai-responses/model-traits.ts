/**
 * Whether a model thinks before it answers, by its name: then its instructions are a developer's, and its reasoning can
 * be asked for in a form that may come back. From https://platform.openai.com/docs/guides/reasoning.
 */
export function isReasoningModel(model: string): boolean {
  const name = model.toLowerCase().replace(/^.*\//, "");
  if (/^gpt-5(\.\d+)?-chat/.test(name)) return false;
  return /^(o\d|gpt-[5-9]|gpt-oss|codex|computer-use)/.test(name);
}
