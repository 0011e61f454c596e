import { estimateTokens } from "../base/token-estimate.js";
import { filledString } from "../stream/checks.js";
import { loadPeer } from "../stream/load-peer.js";
import { type ChatMessage, type FilePart, isRequest } from "../stream/message.js";

/** Counts the tokens of messages for one model. */
export interface TokenCounter {
  /** How many tokens messages are, with what the protocol puts around them. */
  readonly count: (messages: readonly ChatMessage[]) => number;
  /** Whether the counts are an estimate. */
  readonly estimated: boolean;
}

/** Tokens that each message costs beside its content (OpenAI's cookbook, "How to count tokens with tiktoken"). */
const PER_MESSAGE = 4;
/** What an image costs at low detail with OpenAI's vision models; the real number depends on its size. */
const PER_FILE = 85;

/** What people write is text, also where it spells a control token such as `<|endoftext|>`. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Vocabularies by the names of OpenAI's models, newest first. */
const VOCABULARIES = [
  [/^(gpt-(4o|4\.1|4\.5|5)|o[1-9]|chatgpt-4o)/, "gpt-tokenizer/encoding/o200k_base"],
  [/^gpt-(4|3\.5)/, "gpt-tokenizer/encoding/cl100k_base"],
] as const;

/**
 * A counter for a model: the real vocabulary where it is published (OpenAI's), an estimate for all others. Files are
 * always estimated.
 *
 * @param modelId as `ChatModel.id` has it, with or without the provider.
 * @throws {SluiceError} `unsupported` for a model of OpenAI's where the package `gpt-tokenizer` is missing.
 */
export async function tokenCounter(modelId: string): Promise<TokenCounter> {
  filledString(modelId, "modelId");
  const name = modelId.slice(modelId.lastIndexOf("/") + 1);
  const vocabulary = VOCABULARIES.find(([pattern]) => pattern.test(name));
  if (vocabulary === undefined) return counter(estimateTokens, true);
  const { countTokens } = await loadPeer(vocabulary[1], `counting the tokens of ${name}`);
  return counter((text) => countTokens(text, AS_TEXT), false);
}

/** A counter that estimates, for models whose vocabulary is not known. */
export const estimatingCounter: TokenCounter = counter(estimateTokens, true);

function counter(countText: (text: string) => number, estimated: boolean): TokenCounter {
  const countMessage = (message: ChatMessage): number =>
    PER_MESSAGE +
    textsOf(message).reduce((sum, text) => sum + (typeof text === "string" ? countText(text) : PER_FILE), 0);
  return { estimated, count: (messages) => messages.reduce((sum, message) => sum + countMessage(message), 0) };
}

/** Everything of a message that a model reads as text, and its files. */
function textsOf(message: ChatMessage): (string | FilePart)[] {
  if (typeof message.content === "string") return [message.content];
  return message.content.map((part) => {
    switch (part.type) {
      case "text":
      case "reasoning":
        return part.text;
      case "tool-call":
        return part.name + JSON.stringify(part.input);
      case "tool-result":
        return typeof part.output === "string" ? part.output : JSON.stringify(part.output);
      case "file":
        return part;
      // No provider is sent these.
      case "source":
      case "input-request":
      case "input-response":
        return "";
      case "opaque":
        return isRequest(part) ? "" : JSON.stringify(part.opaque.data);
      default:
        return part satisfies never;
    }
  });
}
