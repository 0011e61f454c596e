import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { InputRequestPart, InputResponsePart } from "../../stream/message.js";
import { answer, approve, decline, deny } from "../../tools/input-response.js";

/** One form for everything that waits (MCP 2025-11-25, Elicitation). */
export interface Elicitation {
  message: string;
  requestedSchema: { type: "object"; properties: JsonObject; required: string[] };
}

/** A form for requests; `undefined` where one asks for what a form cannot have, which is flat and of simple values. */
export function elicitationOf(requests: readonly InputRequestPart[]): Elicitation | undefined {
  const properties: JsonObject = {};
  const required: string[] = [];
  for (const [index, request] of requests.entries()) {
    const asked = fieldsOf(request);
    if (asked === undefined) return undefined;
    for (const { own, schema, needed } of asked) {
      const name = formName(requests, index, own);
      properties[name] = schema;
      if (needed) required.push(name);
    }
  }
  const message = requests.map(questionOf).join("\n");
  return { message, requestedSchema: { type: "object", properties, required } };
}

/** What a person is asked. */
export function questionOf(request: InputRequestPart): string {
  if (request.kind === "question") return request.message;
  return `May ${request.name} run with ${JSON.stringify(request.input)}?`;
}

/** What the form's result answers; a form that nobody filled in denies and declines. */
export function responsesTo(
  requests: readonly InputRequestPart[],
  result: JsonObject | undefined,
): InputResponsePart[] {
  const accepted = result?.action === "accept" && isJsonObject(result.content) ? result.content : undefined;
  const reason = result?.action === "decline" ? "the user declined" : "nobody answered";
  return requests.map((request, index) => {
    if (request.kind === "approval") {
      const approved = accepted?.[formName(requests, index, "approve")];
      return approved === true ? approve(request.id) : deny(request.id, accepted === undefined ? reason : undefined);
    }
    return accepted === undefined ? decline(request.id, reason) : answerIn(accepted, requests, { request, index });
  });
}

function answerIn(
  content: JsonObject,
  requests: readonly InputRequestPart[],
  { request, index }: { request: InputRequestPart; index: number },
): InputResponsePart {
  const value: JsonObject = {};
  for (const { own, whole } of fieldsOf(request) ?? []) {
    const given = content[formName(requests, index, own)];
    if (whole) return given === undefined ? decline(request.id, "nobody answered") : answer(request.id, given);
    if (given !== undefined) value[own] = given;
  }
  return answer(request.id, value);
}

/** Names of several requests do not meet. */
function formName(requests: readonly InputRequestPart[], index: number, own: string): string {
  return requests.length === 1 ? own : `${index + 1}_${own}`;
}

interface FormField {
  own: string;
  schema: JsonValue;
  needed: boolean;
  /** Whether it is the whole answer, rather than a property of it. */
  whole: boolean;
}

function fieldsOf(request: InputRequestPart): FormField[] | undefined {
  if (request.kind === "approval") {
    return [{ own: "approve", schema: { type: "boolean", title: questionOf(request) }, needed: true, whole: true }];
  }
  const { schema } = request;
  if (isSimple(schema)) return [{ own: "answer", schema, needed: true, whole: true }];
  if (!isJsonObject(schema) || schema.type !== "object" || !isJsonObject(schema.properties)) return undefined;
  const { properties, required } = schema;
  const entries = Object.entries(properties);
  if (!entries.every(([, one]) => isSimple(one))) return undefined;
  const needed = new Set(Array.isArray(required) ? required : []);
  return entries.map(([own, one]) => ({ own, schema: one as JsonValue, needed: needed.has(own), whole: false }));
}

/** Whether a form can have it: a text, a number, a yes or no, a choice. */
function isSimple(schema: JsonValue | undefined): boolean {
  return isJsonObject(schema) && ["string", "number", "integer", "boolean"].includes(String(schema.type));
}
