import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatRequest, ProviderTool, ToolChoice, ToolDefinition } from "../../stream/chat-request.js";
import { badRequest, type WireObject } from "../wire-object.js";
import { GEMINI, objectOf, otherFields } from "./opaque.js";
import { readSchema } from "./read-schema.js";

const MODES = ["AUTO", "ANY", "NONE", "VALIDATED", "MODE_UNSPECIFIED"] as const;

/** The tools of a client's request, and what it says of calling them. */
export function readTools(body: WireObject): Pick<ChatRequest, "tools" | "toolChoice"> {
  const wire = body.objects("tools");
  const calling = body.object("toolConfig")?.object("functionCallingConfig");
  const mode = calling?.oneOf("mode", MODES);
  const names = allowedNames(calling);
  const choice = choiceOf(mode, names);
  if (wire === undefined) return choice === undefined ? {} : { toolChoice: choice };
  const tools = wire.flatMap((tool) => readTool(tool, mode === "VALIDATED"));
  return { tools, ...(choice !== undefined && { toolChoice: choice }) };
}

/** What only Gemini has: settings of its functions by their name, and of calling them. */
export function ownToolOptions(body: WireObject): JsonObject {
  const declared = (body.objects("tools") ?? []).flatMap((tool) => tool.objects("functionDeclarations") ?? []);
  const functions = declared.flatMap((one) => {
    const more = otherFields(one.value, ["name", "description", "parameters", "parametersJsonSchema"]);
    return Object.keys(more).length > 0 ? [{ name: one.requiredString("name"), ...more }] : [];
  });
  const config = objectOf(body.any("toolConfig"));
  const calling = objectOf(config.functionCallingConfig);
  const names = calling.allowedFunctionNames;
  const single = Array.isArray(names) && names.length === 1 && calling.mode === "ANY";
  const moreCalling = otherFields(calling, single ? ["mode", "allowedFunctionNames"] : ["mode"]);
  const moreConfig = {
    ...otherFields(config, ["functionCallingConfig"]),
    ...(Object.keys(moreCalling).length > 0 && { functionCallingConfig: moreCalling }),
  };
  return {
    ...(functions.length > 0 && { functionDeclarations: functions }),
    ...(Object.keys(moreConfig).length > 0 && { toolConfig: moreConfig }),
  };
}

function readTool(tool: WireObject, strict: boolean): (ToolDefinition | ProviderTool)[] {
  const functions = tool.objects("functionDeclarations") ?? [];
  const others = Object.keys(otherFields(tool.value, ["functionDeclarations"]));
  return [
    ...functions.map((one) => readFunction(one, strict)),
    ...others.map((type): ProviderTool => {
      const args = tool.requiredObject(type).value;
      return { dialect: GEMINI, type, ...(Object.keys(args).length > 0 && { args }) };
    }),
  ];
}

function readFunction(one: WireObject, strict: boolean): ToolDefinition {
  const description = one.string("description");
  const given = one.object("parametersJsonSchema")?.value ?? readSchema(one.object("parameters")?.value ?? {});
  const schema = isJsonObject(given) ? given : {};
  return {
    name: one.requiredString("name"),
    ...(description !== undefined && { description }),
    // A function without parameters may be declared without a schema.
    inputSchema: Object.keys(schema).length > 0 ? schema : { type: "object", properties: {} },
    ...(strict && { strict }),
  };
}

function allowedNames(calling: WireObject | undefined): string[] {
  return (calling?.array("allowedFunctionNames") ?? []).map((name, index) => {
    if (typeof name === "string") return name;
    throw badRequest(`${calling?.field("allowedFunctionNames")}[${index}]`, name, "a string");
  });
}

function choiceOf(mode: (typeof MODES)[number] | undefined, names: readonly string[]): ToolChoice | undefined {
  switch (mode) {
    case undefined:
    case "MODE_UNSPECIFIED":
      return undefined;
    case "AUTO":
    case "VALIDATED":
      return "auto";
    case "NONE":
      return "none";
    case "ANY": {
      const [only, ...more] = names;
      return only !== undefined && more.length === 0 ? { name: only } : "required";
    }
    default:
      return mode satisfies never;
  }
}
