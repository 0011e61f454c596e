/**
 * Claude up to 4.5; its later models refuse a conversation that ends with an assistant's message:
 * https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6#prefill-removal
 */
const CLAUDE = /^anthropic\/claude-(3-|(opus|sonnet|haiku)-4-(0|1|5|20\d{6})(-|$))/;

/**
 * Whether a model goes on from an assistant message at the end of the request, as far as its name tells. Services all of
 * whose models do say so themselves.
 *
 * @param id for example `anthropic/claude-sonnet-4-5`.
 */
export function takesPrefix(id: string): boolean {
  return CLAUDE.test(id);
}
