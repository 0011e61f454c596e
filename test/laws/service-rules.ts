import { isJsonObject, type JsonObject, type JsonValue } from "../../src/base/json.js";

/**
 * What services refuse in a request, checked on the wire: written from their documentation and error messages
 * (`HISTORY_RULE_SOURCES`), and from nothing that writes requests.
 *
 * @returns what is wrong, in words; nothing where the service would take it.
 */
export type ServiceRules = (body: JsonObject) => string[];

const objects = (value: JsonValue | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
const text = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");

function lone(body: JsonObject): string[] {
  return /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(deepText(body))
    ? ["a lone surrogate"]
    : [];
}

function deepText(value: JsonValue): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(deepText).join(" ");
  return isJsonObject(value) ? Object.values(value).map(deepText).join(" ") : "";
}

function empty(messages: JsonValue | undefined): string[] {
  return typeof messages === "string" || objects(messages).length > 0 ? [] : ["no messages"];
}

/** A call's id that another call of the history has. */
function again(id: string, known: Set<string>): string[] {
  const wrong = known.has(id) ? [`id ${id} twice`] : [];
  known.add(id);
  return wrong;
}

function isObjectText(value: JsonValue | undefined): boolean {
  try {
    return isJsonObject(JSON.parse(text(value)));
  } catch {
    return false;
  }
}

/** OpenAI's chat completions, and with `mistral` the rules that only Mistral has. */
export const chatCompletions =
  (service: "openai" | "mistral"): ServiceRules =>
  (body) => {
    const wrong: string[] = [...lone(body), ...empty(body.messages)];
    const ids = new Set<string>();
    let waiting: string[] = [];
    let last = "";
    for (const [index, message] of objects(body.messages).entries()) {
      const at = `messages[${index}]`;
      const calls = objects(message.tool_calls);
      if (message.role === "tool") {
        const id = text(message.tool_call_id);
        if (!waiting.includes(id)) wrong.push(`${at}: a result of no call`);
        waiting.splice(waiting.indexOf(id), 1);
        if (typeof message.content !== "string") wrong.push(`${at}: a result that is no text`);
      } else if (waiting.length > 0) {
        wrong.push(`${at}: calls without results before it`);
        waiting = [];
      }
      if (service === "mistral" && message.role === "user" && last === "tool") wrong.push(`${at}: user after tool`);
      if (message.role === "assistant") {
        const content = Array.isArray(message.content) ? deepText(message.content) : text(message.content);
        const said = content !== "" || calls.length > 0 || text(message.refusal) !== "" || message.audio !== undefined;
        if (!said) wrong.push(`${at}: an answer without content`);
        for (const call of calls) wrong.push(...chatCall(call, service).map((what) => `${at}: ${what}`));
        for (const { id } of calls) wrong.push(...again(text(id), ids).map((what) => `${at}: ${what}`));
        waiting = calls.map(({ id }) => text(id));
      }
      last = text(message.role);
    }
    if (waiting.length > 0) wrong.push("calls without results at the end");
    return wrong;
  };

function chatCall(call: JsonObject, service: "openai" | "mistral"): string[] {
  const wrong: string[] = [];
  const id = text(call.id);
  if (id === "" || id.length > 40) wrong.push(`id of ${id.length} characters`);
  if (service === "mistral" && !/^[A-Za-z0-9]{9}$/.test(id)) wrong.push(`id ${id}`);
  const tool = isJsonObject(call.function) ? call.function : isJsonObject(call.custom) ? call.custom : {};
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(text(tool.name))) wrong.push(`name ${text(tool.name)}`);
  if (isJsonObject(call.function) && !isObjectText(tool.arguments)) wrong.push("arguments that are no object");
  return wrong;
}

/** OpenAI's Responses. */
export const responses: ServiceRules = (body) => {
  const wrong: string[] = [...lone(body), ...empty(body.input)];
  const items = objects(body.input);
  const called = new Set<string>();
  const answered = new Set<string>();
  for (const [index, item] of items.entries()) {
    const at = `input[${index}]`;
    const id = text(item.call_id);
    if (item.type === "reasoning") {
      const next = items[index + 1];
      if (next === undefined || next.role === "user") wrong.push(`${at}: reasoning without its following item`);
    }
    if (item.role === "assistant" && deepText(item.content ?? "").trim() === "") wrong.push(`${at}: an empty message`);
    if (item.type === "function_call") {
      wrong.push(...again(id, called).map((what) => `${at}: ${what}`));
      if (id.length > 64) wrong.push(`${at}: call_id of ${id.length} characters`);
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(text(item.name))) wrong.push(`${at}: name ${text(item.name)}`);
      if (!isObjectText(item.arguments)) wrong.push(`${at}: arguments that are no object`);
    }
    if (item.type === "function_call_output") {
      if (!called.has(id)) wrong.push(`${at}: an output of no call`);
      answered.add(id);
    }
  }
  for (const id of called) if (!answered.has(id)) wrong.push(`no output for ${id}`);
  return wrong;
};

/** Anthropic's messages. */
export const messages: ServiceRules = (body) => {
  const wrong: string[] = [...lone(body), ...empty(body.messages)];
  const all = objects(body.messages);
  const ids = new Set<string>();
  for (const [index, { role, content }] of all.entries()) {
    const at = `messages[${index}]`;
    if (role === all[index - 1]?.role) wrong.push(`${at}: two in a row of ${role}`);
    if (typeof content === "string") {
      if (content.trim() === "") wrong.push(`${at}: blank`);
      continue;
    }
    const blocks = objects(content);
    if (blocks.length === 0) wrong.push(`${at}: no content`);
    for (const block of blocks) wrong.push(...messagesBlock(block, ids).map((what) => `${at}: ${what}`));
    if (role !== "assistant") continue;
    if (/thinking$/.test(text(blocks.at(-1)?.type))) wrong.push(`${at}: the final block is thinking`);
    const calls = blocks.filter(({ type }) => type === "tool_use").map(({ id }) => text(id));
    const results = objects(all[index + 1]?.content).filter(({ type }) => type === "tool_result");
    for (const id of calls) {
      const own = results.filter(({ tool_use_id: of }) => of === id);
      if (own.length !== 1) wrong.push(`${at}: ${own.length} results of ${id}`);
    }
    const asked = blocks.filter(({ type }) => type === "server_tool_use").map(({ id }) => text(id));
    const told = blocks.filter(({ type }) => /_tool_result$/.test(text(type))).map(({ tool_use_id: of }) => text(of));
    // The result of a call beside others comes in a later answer; the user's words end the turn.
    if (all[index + 1] !== undefined && results.length === 0) {
      for (const id of asked) if (!told.includes(id)) wrong.push(`${at}: no result of ${id}`);
    }
    if (results.some(({ tool_use_id: of }) => !calls.includes(text(of)))) wrong.push(`${at}: a result of no call`);
  }
  return wrong;
};

function messagesBlock(block: JsonObject, ids: Set<string>): string[] {
  const wrong: string[] = [];
  if (block.type === "text" && text(block.text).trim() === "") wrong.push("a blank text");
  if (block.type !== "tool_use") return wrong;
  const id = text(block.id);
  if (!/^[A-Za-z0-9_-]+$/.test(id)) wrong.push(`id ${id}`);
  wrong.push(...again(id, ids));
  if (!isJsonObject(block.input)) wrong.push("input that is no object");
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(text(block.name))) wrong.push(`name ${text(block.name)}`);
  return wrong;
}

/** Gemini's contents. */
export const contents: ServiceRules = (body) => {
  const wrong: string[] = [...lone(body), ...empty(body.contents)];
  const all = objects(body.contents);
  for (const [index, { role, parts }] of all.entries()) {
    const at = `contents[${index}]`;
    const list = objects(parts);
    if (list.length === 0) wrong.push(`${at}: no parts`);
    const calls = list.filter(({ functionCall }) => functionCall !== undefined);
    const results = objects(all[index + 1]?.parts).filter(({ functionResponse }) => functionResponse !== undefined);
    if (calls.length > 0 && index === 0) wrong.push(`${at}: begins with a call`);
    if (role === "model" && calls.length !== results.length) {
      wrong.push(`${at}: ${calls.length} calls, ${results.length} results`);
    }
    for (const { functionCall } of calls) {
      const call = isJsonObject(functionCall) ? functionCall : {};
      if (call.args !== undefined && !isJsonObject(call.args)) wrong.push(`${at}: args that are no object`);
      if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(text(call.name))) wrong.push(`${at}: name ${text(call.name)}`);
    }
    const responses = list.filter(({ functionResponse }) => functionResponse !== undefined);
    if (responses.length > 0 && index === 0) wrong.push(`${at}: begins with a result`);
    if (responses.length > 0 && responses.length < list.length) wrong.push(`${at}: results beside other parts`);
  }
  return wrong;
};

/** Ollama's chat. */
export const ollamaChat: ServiceRules = (body) => {
  const wrong: string[] = [...lone(body), ...empty(body.messages)];
  for (const [index, message] of objects(body.messages).entries()) {
    const calls = objects(message.tool_calls);
    for (const { function: called } of calls) {
      if (isJsonObject(called) && !isJsonObject(called.arguments)) wrong.push(`messages[${index}]: arguments`);
    }
    const said = text(message.content) !== "" || calls.length > 0 || objects(message.images).length > 0;
    if (message.role === "assistant" && !said) wrong.push(`messages[${index}]: an empty answer`);
  }
  return wrong;
};

/** What the service of a dialect refuses. */
export const SERVICE_RULES: Readonly<Record<string, ServiceRules>> = {
  "openai-chat": chatCompletions("openai"),
  "openai-responses": responses,
  anthropic: messages,
  gemini: contents,
  ollama: ollamaChat,
};
