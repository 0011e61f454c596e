import type { ResultFile } from "./result-content.js";

/** What a service refuses in the history that it is sent. An absent field is no rule. */
export interface HistoryRules {
  /** The dialect whose own state counts as content, as in `Opaque.dialect`. */
  dialect: string;
  /** Ids of tool calls. */
  callIds?: IdRule;
  /** Names of tools in calls and results. */
  toolNames?: IdRule;
  /** An answer may not end with reasoning, even after text. One that is nothing but reasoning is refused everywhere. */
  noTrailingReasoning?: true;
  /** What its own tools did is a call and a result: a call without one may only be the last word, or stand beside the client's. */
  pairedCalls?: true;
  /** An answer may hold files that the service did not make. Elsewhere they are left out, and are no content. */
  filesInAnswers?: true;
  /** Files that a result of a tool may hold. Default: none, and a text says that there was one. */
  resultFiles?: readonly ResultFile[];
  /** What the result of a tool that failed has to be: something, or something that is nothing but text. */
  failures?: "said" | "text";
  /** Results of tools are followed by an answer, never by the user. */
  answerAfterResults?: true;
  /** Arguments may be any text, and are sent as the model made them. */
  anyArguments?: true;
  /** Texts of the user that are refused: blank ones, or only such without a character. A message without any part is refused everywhere. */
  refusedTexts?: "blank" | "empty";
  /** The first message after the instructions is the user's. */
  userFirst?: true;
  /** The last message is the user's, or results of tools. */
  userLast?: true;
}

/** What an id or a name may be made of. */
export interface IdRule {
  /** Ids that stay as they are, whatever the other fields say. They end with a number. */
  kept?: RegExp;
  /** A character that may not stand in it. Global. */
  not?: RegExp;
  /** The most characters it may have. */
  longest?: number;
  /** The number of characters that it has to have. */
  length?: number;
}

/** One rule, where it comes from, and who has it: for `docs/dialects.md`. */
export interface HistoryRuleSource {
  who: string;
  rule: string;
  source: string;
}

const NAME: IdRule = { not: /[^A-Za-z0-9_-]/g, longest: 64 };

/** OpenAI's chat completions, and services that speak them. */
export const OPENAI_CHAT_HISTORY: HistoryRules = {
  dialect: "openai-chat",
  callIds: { longest: 40 },
  toolNames: NAME,
  resultFiles: ["image"],
};

/** Mistral's chat completions. */
export const MISTRAL_HISTORY: HistoryRules = {
  ...OPENAI_CHAT_HISTORY,
  callIds: { not: /[^A-Za-z0-9]/g, length: 9 },
  resultFiles: [],
  answerAfterResults: true,
};

/** OpenAI's Responses. */
export const RESPONSES_HISTORY: HistoryRules = {
  dialect: "openai-responses",
  callIds: { longest: 64 },
  toolNames: NAME,
  resultFiles: ["image"],
};

/** Anthropic's messages. */
export const ANTHROPIC_HISTORY: HistoryRules = {
  dialect: "anthropic",
  callIds: { not: /[^A-Za-z0-9_-]/g },
  toolNames: { not: /[^A-Za-z0-9_-]/g, longest: 128 },
  resultFiles: ["image"],
  failures: "text",
  noTrailingReasoning: true,
  pairedCalls: true,
  refusedTexts: "blank",
  userFirst: true,
};

/** Gemini's contents. */
export const GEMINI_HISTORY: HistoryRules = {
  dialect: "gemini",
  toolNames: { not: /[^A-Za-z0-9_.:-]/g, longest: 64 },
  filesInAnswers: true,
  resultFiles: ["image", "heic", "audio"],
  refusedTexts: "empty",
  userFirst: true,
};

/** Ollama's chat. */
export const OLLAMA_HISTORY: HistoryRules = { dialect: "ollama", resultFiles: ["image"] };

/** Dapr's conversation API, Alpha2. */
export const DAPR_HISTORY: HistoryRules = { dialect: "dapr", anyArguments: true };

/** Bedrock's Converse. */
export const BEDROCK_HISTORY: HistoryRules = {
  dialect: "bedrock",
  callIds: { not: /[^A-Za-z0-9_-]/g, longest: 64 },
  toolNames: NAME,
  resultFiles: ["image"],
  failures: "said",
  refusedTexts: "blank",
  userFirst: true,
};

/** Ids that Kimi gives its calls, and finds in its prompt again. */
const KIMI_ID = /^functions\.[\w.-]+:\d+$/;

/** The same rules for a model: Kimi's own ids go back to Kimi as it made them, behind whatever protocol. */
export function rulesForModel(rules: HistoryRules, model: string): HistoryRules {
  return /kimi/i.test(model) ? { ...rules, callIds: { ...rules.callIds, kept: KIMI_ID } } : rules;
}

/** Where the rules come from. What every service refuses comes first. */
export const HISTORY_RULE_SOURCES: readonly HistoryRuleSource[] = [
  {
    who: "every service",
    rule: "an answer has content: text, a call, or state that the service made; `content: null` and thoughts alone are refused",
    source: "NousResearch/hermes-agent#11098, tailcallhq/forgecode#3071",
  },
  {
    who: "every service",
    rule: "each tool call has exactly one result, right after its answer; each result has a call; no two calls of a history share an id; arguments are a JSON object",
    source:
      "platform.openai.com/docs/guides/function-calling; openclaw/openclaw#40996, BuilderIO/agent-native#2312; langchain-ai/langchain#27799 (Gemini)",
  },
  {
    who: "every service",
    rule: "texts are well-formed Unicode: a lone surrogate is no JSON that they read",
    source: "RFC 8259 section 8.2",
  },
  {
    who: "OpenAI (chat)",
    rule: "ids of calls have at most 40 characters",
    source: "vercel/ai#5171, microsoft/autogen#6377",
  },
  {
    who: "OpenAI",
    rule: "names of tools are 1–64 of `A–Z a–z 0–9 _ -`; names of users have no blanks, angle brackets, bars or slashes",
    source: "platform.openai.com/docs/api-reference/chat/create, jekalmin/extended_openai_conversation#251",
  },
  {
    who: "OpenAI (Responses)",
    rule: "an item of reasoning is followed by the item that it led to; ids of calls have at most 64 characters",
    source: "openai/openai-node#1567, vercel/ai#7099, earendil-works/pi#9057",
  },
  {
    who: "Anthropic",
    rule: "the last block of an answer is not thinking; a call of its own tools has its result before the user speaks again; ids are of `A–Z a–z 0–9 _ -`; texts are not blank; results of tools that failed are text, and not blank; the conversation begins with the user, and from Claude 4.6 on ends with the user",
    source:
      "platform.claude.com/docs/en/api/messages; router-for-me/CLIProxyAPI#5321, lobehub/lobehub#1601, LibreChat-AI/agents#216, langchain-ai/deepagents#1585, vellum-ai/vellum-assistant#18387, jlevy/markform#153, can1357/oh-my-pi#2250",
  },
  {
    who: "Mistral",
    rule: "ids of calls are 9 of `A–Z a–z 0–9`; after results of tools comes an answer, not the user",
    source: "langchain-ai/langchain#24668, anomalyco/opencode#1680",
  },
  {
    who: "Gemini",
    rule: "a call comes after the user or after results; all results of an answer stand in one content; texts are not empty",
    source: "google-gemini/gemini-cli#11814, lobehub/lobehub#10049, router-for-me/CLIProxyAPI#1292",
  },
  {
    who: "Bedrock",
    rule: "the conversation begins with the user; ids and names are 1–64 of `A–Z a–z 0–9 _ -`; where tools were called, tools are declared; results of tools that failed say something; names of documents are not used twice; documents stand beside a text",
    source:
      "pydantic/pydantic-ai#5929, maximhq/bifrost#7003, ag-ui-protocol/ag-ui#2425, aws-samples/sample-multi-agent-orchestration-chat-on-agentcore#15, docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html",
  },
  {
    who: "Anthropic, Bedrock, OpenAI",
    rule: "images in results of tools are PNG, JPEG, GIF or WebP, and called what their bytes are",
    source: "anthropics/claude-code#28279, anomalyco/opencode#12519, llmsresearch/paperbanana#58",
  },
  {
    who: "Kimi, behind OpenAI's protocol or Anthropic's",
    rule: "ids that it made (`functions.name:0`) come back as they were, however long",
    source: "BerriAI/litellm#34523, openclaw/openclaw#70693",
  },
  {
    who: "DeepSeek, Moonshot",
    rule: "an answer with calls has `reasoning_content`, which is not empty",
    source: "HKUDS/nanobot#946, NousResearch/hermes-agent#17341",
  },
  {
    who: "DeepSeek, and others without images",
    rule: "a message of nothing but text is a string, not a list of parts",
    source: "BerriAI/litellm#6642, cline/cline#230",
  },
];
