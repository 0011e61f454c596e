import type { ChatModel } from "./chat-model.js";
import type { ChatRequest } from "./chat-request.js";
import { checkInput } from "./check-input.js";
import {
  between,
  boolean,
  type Check,
  checkedObject,
  exactly,
  filledString,
  jsonObject,
  list,
  oneOf,
  pattern,
  record,
  string,
  wholeNumber,
} from "./checks.js";
import { invalid } from "./error.js";
import { cacheHint, messages } from "./validate-messages.js";

/**
 * Checks a request before anything is sent. Nothing is changed or put right.
 *
 * @param model whose capabilities the request must keep to; without one, only its form is checked.
 * @throws {SluiceError} `invalid-argument` with the path of the first field that is wrong, what was found there and what
 *   is allowed, for example `messages[2].content[0].type: found "txt"; allowed: text, file`; `unsupported` for files of a
 *   kind that the model does not take.
 */
export function validateRequest(request: ChatRequest, model?: Pick<ChatModel, "id" | "capabilities">): void {
  REQUEST(request, "");
  checkToolNames(request);
  if (model !== undefined) checkInput(request.messages, model);
}

/** What all providers allow in the names of tools and schemas. */
const NAME = pattern("1 to 64 of A–Z a–z 0–9 _ -", /^[\w-]{1,64}$/);

const providerTool = exactly("a provider's tool", {
  dialect: { required: filledString },
  type: { required: filledString },
  name: filledString,
  args: jsonObject,
});

const ownTool = exactly("a tool", {
  name: { required: NAME },
  description: string,
  inputSchema: { required: objectSchema },
  strict: boolean,
  cache: cacheHint,
});

const tool: Check = (value, path) => {
  const object = checkedObject(value, path, "a tool: an object with name and inputSchema");
  if ("dialect" in object) providerTool(object, path);
  else ownTool(object, path);
};

const toolChoice: Check = (value, path) => {
  const allowed = "auto, none, required, or { name } of a tool";
  if (typeof value !== "string") exactly(allowed, { name: { required: filledString } })(value, path);
  else if (!["auto", "none", "required"].includes(value)) throw invalid(path, value, allowed);
};

const FORMATS: Readonly<Record<string, Check>> = {
  text: exactly("the format text", { type: string }),
  json: exactly("the format json", { type: string }),
  "json-schema": exactly("the format json-schema", {
    type: string,
    name: { required: NAME },
    schema: { required: jsonObject },
    description: string,
    strict: boolean,
  }),
};

const responseFormat: Check = (value, path) => {
  const type: unknown = Reflect.get(checkedObject(value, path, "an object with type"), "type");
  const check = typeof type === "string" && Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
  if (check === undefined) throw invalid(`${path}.type`, type, Object.keys(FORMATS).join(", "));
  check(value, path);
};

/** How much a model may think. */
export const BUDGET_TOKENS = wholeNumber(0);

/** What is asked beside the messages. */
export const REQUEST_OPTIONS = {
  tools: list("an array of tools", tool),
  toolChoice,
  parallelToolCalls: boolean,
  temperature: between(0, 2),
  topP: between(0, 1),
  topK: wholeNumber(1),
  maxTokens: wholeNumber(1),
  stop: list("an array of strings", filledString),
  seed: wholeNumber(),
  presencePenalty: between(-2, 2),
  frequencyPenalty: between(-2, 2),
  reasoning: exactly("reasoning", {
    effort: oneOf("none", "minimal", "low", "medium", "high", "max"),
    budgetTokens: BUDGET_TOKENS,
    summary: oneOf("auto", "concise", "detailed", "none"),
  }),
  responseFormat,
  user: string,
  metadata: record("an object of strings", string),
  providerOptions: record("an object of objects, by dialect or provider", jsonObject),
} satisfies Record<Exclude<keyof ChatRequest, "messages">, Check>;

const REQUEST = exactly("a request", { messages: { required: messages }, ...REQUEST_OPTIONS }, "request");

function objectSchema(value: unknown, path: string): void {
  const type: unknown = Reflect.get(checkedObject(value, path, "a JSON Schema of an object"), "type");
  if (type !== undefined && type !== "object") throw invalid(`${path}.type`, type, "object");
}

/** Names that two tools share, and choices that cannot be made. */
function checkToolNames({ tools = [], toolChoice }: ChatRequest): void {
  const names = new Set<string>();
  for (const [i, { name }] of tools.entries()) {
    if (name === undefined) continue;
    if (names.has(name)) throw invalid(`tools[${i}].name`, name, "a name that no other tool has");
    names.add(name);
  }
  if (toolChoice === "required" && tools.length === 0)
    throw invalid("toolChoice", toolChoice, "auto or none without tools");
  if (typeof toolChoice === "object" && !names.has(toolChoice.name)) {
    throw invalid("toolChoice.name", toolChoice.name, [...names].join(", ") || "auto or none without tools");
  }
}
