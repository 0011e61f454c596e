import type { ElicitRequestParams, ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { describe, SluiceError } from "../../stream/error.js";
import { describeIssues, type Schema, validate } from "../../structured/schema.js";

/** What a server wants of the user while it runs a tool: values of a form, or a visit to a page. */
export type McpElicitation =
  | {
      mode: "form";
      message: string;
      /** JSON Schema of the values: an object of texts, numbers, booleans and choices. */
      schema: JsonObject;
      /** Aborted when the server does not wait any more. */
      signal: AbortSignal;
    }
  | {
      mode: "url";
      message: string;
      /** The page. What is entered there is seen by neither the client nor the model. Show it before it is opened. */
      url: string;
      elicitationId: string;
      signal: AbortSignal;
    };

/** What the user did: gave the values (or agreed to open the page), refused, or turned away. */
export type McpElicitationAnswer =
  | { action: "accept"; content?: Record<string, string | number | boolean | string[]> }
  | { action: "decline" }
  | { action: "cancel" };

/** Asks the user. What it throws is sent to the server as an error. */
export type McpElicitationHandler = (request: McpElicitation) => McpElicitationAnswer | Promise<McpElicitationAnswer>;

/**
 * Answers an `elicitation/create`, with values that fit what the server asked for.
 *
 * https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation
 *
 * @throws {SluiceError} `invalid-argument` when the handler's answer does not.
 */
export async function answerElicitation(
  params: ElicitRequestParams,
  signal: AbortSignal,
  ask: McpElicitationHandler,
): Promise<ElicitResult> {
  const { message } = params;
  if (params.mode === "url") {
    const { url, elicitationId } = params;
    const { action } = checkAction(await ask({ mode: "url", message, url, elicitationId, signal }));
    return { action };
  }
  const schema = params.requestedSchema as JsonObject;
  const answer = checkAction(await ask({ mode: "form", message, schema, signal }));
  if (answer.action !== "accept") return { action: answer.action };
  const { content = {} } = answer;
  const { issues } = await validate<Schema>(schema, content);
  if (issues === undefined) return { action: "accept", content };
  throw new SluiceError("invalid-argument", `onElicitation: content: ${describeIssues(issues)}`, { field: "content" });
}

const ACTIONS: readonly unknown[] = ["accept", "decline", "cancel"];

function checkAction(answer: McpElicitationAnswer): McpElicitationAnswer {
  if (isJsonObject(answer) && ACTIONS.includes(answer.action)) return answer;
  const found = isJsonObject(answer) ? describe(answer.action) : describe(answer);
  throw new SluiceError(
    "invalid-argument",
    `onElicitation: found ${found}; allowed: an action accept, decline or cancel`,
  );
}
