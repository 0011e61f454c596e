import { isChecked } from "./checked-messages.js";
import {
  type Check,
  checkedObject,
  checkFields,
  type Fields,
  filledString,
  flag,
  jsonObject,
  jsonValue,
  list,
  oneOf,
  pattern,
  string,
  withFields,
} from "./checks.js";
import { invalid } from "./error.js";

/** How long a provider should cache. */
export const cacheHint: Check = oneOf("5m", "1h");

const opaque = withFields("an object with dialect and data", {
  dialect: { required: filledString },
  data: { required: jsonValue },
});

const fileData: Check = (value, path) => {
  const allowed = "a Uint8Array that is not empty, { url } or { id }";
  if (value instanceof Uint8Array) {
    if (value.length === 0) throw invalid(path, "an empty Uint8Array", allowed);
    return;
  }
  const object = checkedObject(value, path, allowed);
  if ("url" in object) {
    if (typeof object.url !== "string" || !URL.canParse(object.url)) {
      throw invalid(`${path}.url`, object.url, "an absolute URL");
    }
  } else if ("id" in object) filledString(object.id, `${path}.id`);
  else throw invalid(path, value, allowed);
};

/** The fields of each response to a request for input, by its type. */
const RESPONSES: Readonly<Record<string, Fields>> = {
  approve: {},
  deny: { reason: string },
  edit: { input: { required: jsonValue } },
  answer: { value: { required: jsonValue } },
  decline: { reason: string },
};

const response: Check = (value, path) => {
  const allowed = Object.keys(RESPONSES).join(", ");
  const object = checkedObject(value, path, `an object with type ${allowed}`);
  const type: unknown = Reflect.get(object, "type");
  const fields = typeof type === "string" && Object.hasOwn(RESPONSES, type) ? RESPONSES[type] : undefined;
  if (fields === undefined) throw invalid(`${path}.type`, type, allowed);
  checkFields(object, path, fields);
};

/** The fields of each part, by its type. */
const PARTS: Readonly<Record<string, Fields>> = {
  text: { text: { required: string }, refusal: flag, opaque, cache: cacheHint },
  file: {
    mediaType: { required: pattern("a media type such as image/png", /^[\w.+-]+\/([\w.+-]+|\*)\s*(;.*)?$/) },
    data: { required: fileData },
    filename: string,
    detail: oneOf("auto", "low", "high"),
    opaque,
    cache: cacheHint,
  },
  reasoning: { text: { required: string }, opaque },
  "tool-call": {
    callId: { required: filledString },
    name: { required: filledString },
    input: { required: jsonValue },
    invalid: flag,
    providerExecuted: flag,
    opaque,
    cache: cacheHint,
  },
  "tool-result": {
    callId: { required: filledString },
    name: { required: filledString },
    output: { required: jsonValue },
    isError: flag,
    providerExecuted: flag,
    opaque,
    cache: cacheHint,
  },
  source: { source: { required: jsonObject } },
  "input-request": {
    id: { required: filledString },
    kind: { required: oneOf("approval", "question") },
    callId: filledString,
    name: filledString,
    input: jsonValue,
    message: string,
    schema: jsonObject,
  },
  "input-response": { id: { required: filledString }, response: { required: response } },
  opaque: { name: { required: filledString }, opaque: { required: opaque } },
};

/** The parts that each role's messages may hold. */
const TYPES: Readonly<Record<"system" | "user" | "assistant" | "tool", readonly string[]>> = {
  system: ["text"],
  user: ["text", "file"],
  assistant: ["text", "reasoning", "tool-call", "tool-result", "source", "file", "input-request", "opaque"],
  tool: ["tool-result", "input-response"],
};

const ROLES = {
  system: part(TYPES.system),
  user: part(TYPES.user),
  assistant: part(TYPES.assistant),
  tool: part(TYPES.tool),
};

/** Messages that make sense in this order. Fields that no message has are left alone: stores add their own. */
export const messages: Check = (value, path) => {
  if (!Array.isArray(value) || value.length === 0) throw invalid(path, value, "an array of at least one message");
  let results = false;
  for (let i = 0; i < value.length; i++) {
    const one: unknown = value[i];
    if (isChecked(one)) continue;
    message(one, `${path}[${i}]`);
    results ||= Reflect.get(checkedObject(one, path, "a message"), "role") === "tool";
  }
  // Results in messages that were checked before answer calls in them.
  if (results) checkCalls(value, path);
};

/** One message by itself. */
export const message: Check = (value, path) => {
  const object = checkedObject(value, path, "a message: an object with role and content");
  const role: unknown = Reflect.get(object, "role");
  if (!isRole(role)) throw invalid(`${path}.role`, role, Object.keys(ROLES).join(", "));
  const content: unknown = Reflect.get(object, "content");
  if (role === "user") checkFields(object, path, { name: filledString });
  if (typeof content === "string" && role !== "tool") return;
  const what = role === "tool" ? "an array of tool-result and input-response parts" : "a string or an array of parts";
  // An answer that was interrupted may have nothing in it; anybody else who speaks says something.
  list(what, ROLES[role], role === "assistant" ? 0 : 1)(content, `${path}.content`);
};

/* @__NO_SIDE_EFFECTS__ */
function part(types: readonly string[]): Check {
  return (value, path) => {
    const object = checkedObject(value, path, `a part: an object with type ${types.join(", ")}`);
    const type: unknown = Reflect.get(object, "type");
    const fields = typeof type === "string" && types.includes(type) ? PARTS[type] : undefined;
    if (fields === undefined) throw invalid(`${path}.type`, type, types.join(", ") + elsewhere(type));
    checkFields(object, path, fields);
  };
}

/** Where a part stands that was put into a message of another role: a response among a user's words, say. */
function elsewhere(type: unknown): string {
  const roles = Object.keys(ROLES).filter((role) => isRole(role) && TYPES[role].includes(String(type)));
  return roles.length === 0 ? "" : `; ${type} stands in ${roles.join(", ")} messages`;
}

/** Each result must answer a call that an assistant message before it made: providers refuse any other. */
function checkCalls(all: readonly unknown[], path: string): void {
  const called = new Set<string>();
  for (const [i, one] of all.entries()) {
    const { role, content } = one as { role: string; content: unknown };
    if (!Array.isArray(content)) continue;
    for (const [j, { type, callId }] of content.entries()) {
      if (role === "assistant" && type === "tool-call") called.add(callId);
      if (role !== "tool" || type !== "tool-result" || called.has(callId)) continue;
      const known = called.size === 0 ? "there is none" : [...called].join(", ");
      throw invalid(
        `${path}[${i}].content[${j}].callId`,
        callId,
        `the callId of a tool-call in an assistant message before it (${known})`,
      );
    }
  }
}

function isRole(role: unknown): role is keyof typeof ROLES {
  return typeof role === "string" && Object.hasOwn(ROLES, role);
}
