import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { scripted } from "../../src/models/scripted.js";
import type { ToolResultEvent } from "../../src/stream/chat-event.js";
import type { McpTools } from "../../src/tools/mcp/mcp-tools.js";
import { withTools } from "../../src/tools/with-tools.js";
import { collect } from "../support/collect.js";

/** Has a model call the tool once; returns the results that the stream said. */
export async function call(source: McpTools, name: string, input: JsonObject = {}): Promise<ToolResultEvent[]> {
  const model = scripted([[{ type: "tool-call", callId: "a", name, input }], ["Done."]]);
  const events = await collect(withTools(model, [source]).stream({ messages: [{ role: "user", content: "Go." }] }));
  return events.filter((event): event is ToolResultEvent => event.type === "tool-result");
}

/** What the tool returned in the end. */
export async function outputOf(source: McpTools, name: string, input?: JsonObject): Promise<JsonValue | undefined> {
  return (await call(source, name, input)).at(-1)?.output;
}

export async function namesOf(source: McpTools): Promise<string[]> {
  return (await source.tools()).map(({ definition }) => definition.name);
}
