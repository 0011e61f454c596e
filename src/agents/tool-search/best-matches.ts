import type { ToolDefinition } from "../../stream/chat-request.js";
import { words } from "../memory/facts/words.js";
import { propertiesOf } from "../signature/signature.js";

/** How much a word counts by where it stands. */
const WEIGHTS = { name: 3, description: 1, inputs: 0.5 } as const;

/** The definitions that share the rarest words with a question, best first; words that are in all of them say nothing. */
export function bestMatches(question: string, definitions: readonly ToolDefinition[], most: number): ToolDefinition[] {
  const entries = definitions.map((definition) => ({ definition, weights: weightsOf(definition) }));
  const asked = words(split(question)).map(stem);
  const scored = entries.map(({ definition, weights }) => ({
    definition,
    score: asked.reduce((score, word) => {
      const own = weights.get(word);
      if (own === undefined) return score;
      const holders = entries.filter((entry) => entry.weights.has(word)).length;
      return score + own * Math.log(1 + entries.length / holders);
    }, 0),
  }));
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ definition }) => definition);
}

function weightsOf({ name, description = "", inputSchema }: ToolDefinition): Map<string, number> {
  const inputs = Object.keys(propertiesOf(inputSchema)).join(" ");
  const weights = new Map<string, number>();
  for (const [text, weight] of [
    [inputs, WEIGHTS.inputs],
    [description, WEIGHTS.description],
    [name, WEIGHTS.name],
  ] as const) {
    for (const word of words(split(text))) weights.set(stem(word), Math.max(weight, weights.get(stem(word)) ?? 0));
  }
  return weights;
}

/** `sendMail` and `send_mail` are two words. */
function split(text: string): string {
  return text.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ");
}

/** English plurals and forms of verbs, roughly: `invoices` finds `invoice`. */
function stem(word: string): string {
  return word.length > 4 ? word.replace(/(ies|es|s|ing|ed|e)$/, "") : word;
}
