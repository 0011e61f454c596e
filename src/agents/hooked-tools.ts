import { isJsonObject, type JsonObject } from "../base/json.js";
import type { CallContext } from "../stream/call-context.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { Tool, ToolContext } from "../tools/tool.js";
import {
  isAsyncGenerator,
  isChatStream,
  isStreamedValue,
  resultText,
  type StreamedValue,
} from "../tools/tool-stream.js";
import { changedTools, type ToolSource } from "../tools/toolbox.js";
import type { AgentHooks, AgentToolCall } from "./agent-options.js";

/** What a hook's question is answered with. */
const ALLOWED: JsonObject = {
  type: "object",
  properties: { allow: { type: "boolean" } },
  required: ["allow"],
  additionalProperties: false,
};

/** The tools of an agent with its hooks around each call. */
export function hookedTools(
  tools: readonly (Tool | ToolSource)[],
  hooks: readonly AgentHooks[],
): readonly (Tool | ToolSource)[] {
  if (hooks.every(({ beforeTool, afterTool }) => beforeTool === undefined && afterTool === undefined)) return tools;
  return changedTools(tools, (tool) => hooked(tool, hooks));
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
    if (decision === undefined || decision === null) continue;
    if (typeof decision !== "object") throw undecided(decision);
    if ("deny" in decision)
      throw new SluiceError("tool-failed", `The call was denied; it did not run: ${decision.deny}`);
    if ("output" in decision) return decision.output;
    if ("ask" in decision) {
      const answer = await context.ask({ message: decision.ask, schema: ALLOWED });
      if (!isJsonObject(answer) || answer.allow !== true)
        throw new SluiceError("tool-failed", "The call was denied; it did not run.");
    } else if ("input" in decision) {
      call.input = decision.input;
    } else {
      throw undecided(decision);
    }
  }
  const after = hooks.flatMap((hook) => (hook.afterTool === undefined ? [] : [hook]));
  const output = await run(call.input, context);
  if (after.length === 0) return output;
  return withResult(output, async (result) => {
    let changed = result;
    for (const hook of after) {
      const decided = await hook.afterTool?.({ ...call, output: changed });
      if (decided === undefined || decided === null) continue;
      if (typeof decided !== "object" || !("output" in decided))
        throw invalid("afterTool", decided, "nothing, or { output }");
      changed = decided.output;
    }
    return changed;
  });
}

function undecided(found: unknown): SluiceError {
  return invalid("beforeTool", found, "nothing, { input }, { output }, { ask } or { deny }");
}

type Change = (result: unknown) => Promise<unknown>;

/** What a tool returned with another result in it: what it streams or yields passes as it is. */
function withResult(returned: unknown, change: Change): unknown {
  if (isAsyncGenerator(returned)) return changedEnd(returned, change);
  if (isChatStream(returned)) return streamed(returned, () => resultText(returned), change);
  if (isStreamedValue(returned)) return streamed(returned.stream, () => returned.object, change);
  return change(returned);
}

/** The result is asked for when the stream has been read, so a stream that fails or waits calls no hook. */
function streamed(stream: ChatStream, result: () => Promise<unknown>, change: Change): StreamedValue {
  return {
    stream,
    get object() {
      return result().then(change);
    },
  };
}

async function* changedEnd(yields: AsyncGenerator<unknown, unknown, undefined>, change: Change) {
  return await withResult(yield* yields, change);
}
