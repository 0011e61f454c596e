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
  /** An answer may hold files that the service did not make. Elsewhere they are left out, and are no content. */
  filesInAnswers?: true;
  /** Results of tools are followed by an answer, never by the user. */
  answerAfterResults?: true;
  /** Arguments may be any text, and are sent as the model made them. */
  anyArguments?: true;
  /** What the user says may not be blank. A message without any part is refused everywhere. */
  noBlankTexts?: true;
  /** The first message after the instructions is the user's. */
  userFirst?: true;
}

/** What an id or a name may be made of. */
export interface IdRule {
  /** A character that may not stand in it. Global. */
  not?: RegExp;
  /** The most characters it may have. */
  longest?: number;
  /** The number of characters that it has to have. */
  length?: number;
  /** Within what no two calls may share it. */
  unique?: "answer" | "history";
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
  callIds: { longest: 40, unique: "answer" },
  toolNames: NAME,
};

/** Mistral's chat completions. */
export const MISTRAL_HISTORY: HistoryRules = {
  ...OPENAI_CHAT_HISTORY,
  callIds: { not: /[^A-Za-z0-9]/g, length: 9, unique: "history" },
  answerAfterResults: true,
};

/** OpenAI's Responses. */
export const RESPONSES_HISTORY: HistoryRules = {
  dialect: "openai-responses",
  callIds: { longest: 64, unique: "answer" },
  toolNames: NAME,
};

/** Anthropic's messages. */
export const ANTHROPIC_HISTORY: HistoryRules = {
  dialect: "anthropic",
  callIds: { not: /[^A-Za-z0-9_-]/g, unique: "history" },
  toolNames: { not: /[^A-Za-z0-9_-]/g, longest: 128 },
  noTrailingReasoning: true,
  noBlankTexts: true,
  userFirst: true,
};

/** Gemini's contents. */
export const GEMINI_HISTORY: HistoryRules = {
  dialect: "gemini",
  callIds: { unique: "answer" },
  toolNames: { not: /[^A-Za-z0-9_.:-]/g, longest: 64 },
  filesInAnswers: true,
  userFirst: true,
};

/** Ollama's chat. */
export const OLLAMA_HISTORY: HistoryRules = { dialect: "ollama", callIds: { unique: "answer" } };

/** Dapr's conversation API, Alpha2. */
export const DAPR_HISTORY: HistoryRules = { dialect: "dapr", anyArguments: true };

/** Bedrock's Converse. */
export const BEDROCK_HISTORY: HistoryRules = {
  dialect: "bedrock",
  callIds: { not: /[^A-Za-z0-9_-]/g, longest: 64, unique: "history" },
  toolNames: NAME,
  noBlankTexts: true,
  userFirst: true,
};

/** Where the rules come from. What every service refuses comes first. */
export const HISTORY_RULE_SOURCES: readonly HistoryRuleSource[] = [
  {
    who: "every service",
    rule: "an answer has content: text, a call, or state that the service made; `content: null` and thoughts alone are refused",
    source: "NousResearch/hermes-agent#11098, tailcallhq/forgecode#3071",
  },
  {
    who: "every service",
    rule: "each tool call has exactly one result, right after its answer; each result has a call; arguments are a JSON object",
    source: "platform.openai.com/docs/guides/function-calling; langchain-ai/langchain#27799 (Gemini)",
  },
  {
    who: "every service",
    rule: "texts are well-formed Unicode: a lone surrogate is no JSON that they read",
    source: "RFC 8259 section 8.2",
  },
  {
    who: "OpenAI (chat)",
    rule: "ids of calls have at most 40 characters, and each is used once in an answer",
    source: "vercel/ai#5171, microsoft/autogen#6377, openclaw/openclaw#40996, BuilderIO/agent-native#2312",
  },
  {
    who: "OpenAI",
    rule: "names of tools are 1–64 of `A–Z a–z 0–9 _ -`",
    source: "platform.openai.com/docs/api-reference/chat/create",
  },
  {
    who: "OpenAI (Responses)",
    rule: "an item of reasoning is followed by the item that it led to; ids of calls have at most 64 characters, and each is used once in an answer",
    source: "openai/openai-node#1567, vercel/ai#7099, earendil-works/pi#9057",
  },
  {
    who: "Anthropic",
    rule: "the last block of an answer is not thinking; ids are of `A–Z a–z 0–9 _ -` and used once; texts are not blank; the conversation begins with the user",
    source: "platform.claude.com/docs/en/api/messages; router-for-me/CLIProxyAPI#5321, lobehub/lobehub#1601",
  },
  {
    who: "Mistral",
    rule: "ids of calls are 9 of `A–Z a–z 0–9`; after results of tools comes an answer, not the user",
    source: "langchain-ai/langchain#24668, anomalyco/opencode#1680",
  },
  {
    who: "Gemini",
    rule: "a call comes after the user or after results; all results of an answer stand in one content",
    source: "google-gemini/gemini-cli#11814, lobehub/lobehub#10049",
  },
  {
    who: "Bedrock",
    rule: "the conversation begins with the user; ids and names are 1–64 of `A–Z a–z 0–9 _ -`",
    source: "docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html",
  },
  {
    who: "DeepSeek, and others without images",
    rule: "a message of nothing but text is a string, not a list of parts",
    source: "BerriAI/litellm#6642, cline/cline#230",
  },
];
