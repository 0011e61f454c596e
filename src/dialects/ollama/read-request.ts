import type { JsonValue } from "../../base/json.js";
import type { ToolDefinition } from "../../stream/chat-request.js";
import type { ServedRequest } from "../dialect.js";
import { badRequest, WireObject } from "../wire-object.js";
import { readMessages } from "./read-messages.js";
import { readOptions } from "./read-options.js";

/** A client's request to `/api/chat`. One without messages only loads the model. */
export function readRequest(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  const tools = body.objects("tools")?.map(readTool);
  return {
    model: body.requiredString("model"),
    stream: body.boolean("stream") ?? true,
    request: {
      messages: readMessages(body),
      ...(tools !== undefined && tools.length > 0 && { tools }),
      ...readOptions(body, ["messages", "tools"]),
    },
  };
}

function readTool(tool: WireObject): ToolDefinition {
  if (tool.oneOf("type", ["function"]) === undefined) throw badRequest(tool.field("type"), undefined, "function");
  const called = tool.requiredObject("function");
  const description = called.string("description");
  return {
    name: called.requiredString("name"),
    ...(description !== undefined && { description }),
    inputSchema: called.object("parameters")?.value ?? { type: "object", properties: {} },
  };
}
