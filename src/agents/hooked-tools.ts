import type { CallContext } from "../stream/call-context.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { Tool, ToolContext } from "../tools/tool.js";
import { isToolSource, type ToolSource } from "../tools/toolbox.js";
import type { AgentHooks, AgentToolCall } from "./agent-options.js";

/** The tools of an agent with its hooks around each call. */
export function hookedTools(
  tools: readonly (Tool | ToolSource)[],
  hooks: readonly AgentHooks[],
): readonly (Tool | ToolSource)[] {
  if (hooks.every(({ beforeTool, afterTool }) => beforeTool === undefined && afterTool === undefined)) return tools;
  return tools.map((one) => {
    if (!isToolSource(one)) return hooked(one, hooks);
    return { tools: async () => (await one.tools()).map((tool) => hooked(tool, hooks)) };
  });
}

function hooked(tool: Tool, hooks: readonly AgentHooks[]): Tool {
  const { run } = tool;
  if (run === undefined) return tool;
  return { ...tool, run: (input, context) => runHooked(tool, run.bind(tool), input, context, hooks) };
}

async function runHooked(
  tool: Tool,
  run: (input: unknown, context: ToolContext) => unknown,
  given: unknown,
  context: ToolContext,
  hooks: readonly AgentHooks[],
): Promise<unknown> {
  const { name } = tool.definition;
  const inner: CallContext = context.context;
  const call: AgentToolCall = { name, callId: context.callId, input: given, context: inner };
  for (const { beforeTool } of hooks) {
    const decision = await beforeTool?.(call);
    if (decision === undefined) continue;
    if ("deny" in decision)
      throw new SluiceError("tool-failed", `The call was denied; it did not run: ${decision.deny}`);
    if ("output" in decision) return decision.output;
    if (!("input" in decision)) throw invalid("beforeTool", decision, "nothing, { input }, { output } or { deny }");
    call.input = decision.input;
  }
  let output = await run(call.input, context);
  // What streams or yields is passed on as it is: its result is known to the loop alone.
  if (typeof output === "object" && output !== null && (Symbol.asyncIterator in output || "stream" in output))
    return output;
  for (const { afterTool } of hooks) {
    const changed = await afterTool?.({ ...call, output });
    if (changed !== undefined) output = changed.output;
  }
  return output;
}
