import { isJsonObject, type JsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { responseMessage } from "../../tools/input-response.js";
import type { ServerCall } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { pendingRequests } from "../tasks/pending-requests.js";
import { conversationAfter, turnOf } from "../tasks/task-turns.js";
import { type BegunCall, inputOf, mcpCallOf, startCall, type ToolRequest } from "./call-tool.js";
import { responsesTo } from "./elicitation.js";
import { inputRequestsOf } from "./input-requests.js";
import { rpcResult } from "./json-rpc.js";
import type { McpTool } from "./mcp-tools.js";
import { inputRequired } from "./per-request-result.js";

/**
 * Goes on with a call that asked for something: its client asks again, with the answers and the state that it was given. The state
 * names the run that asked, of which none but its caller's own is taken, and none twice.
 *
 * @returns what asks once more, where an answer is missing.
 * @throws {SluiceError} `invalid-request` with the field `requestState` for one that is none of this call's; `conflict` where it was
 *   answered already.
 */
export async function retryCall(
  core: ServerCore,
  call: ServerCall,
  tool: McpTool,
  request: ToolRequest,
): Promise<BegunCall | { message: object }> {
  const { id, params } = request;
  const { requestState: state, inputResponses, arguments: given } = params;
  const asked = typeof state === "string" ? await turnOf(core, call.caller, state) : undefined;
  if (asked === undefined || asked.record.meta.model !== tool.served.name) throw nothingWaits();
  const [first] = asked.messages;
  if (first?.content !== inputOf(tool, given ?? {})) throw nothingWaits();
  const history = await conversationAfter(core, asked);
  const requests = pendingRequests(history);
  if (requests.length === 0) throw nothingWaits();
  const answers: JsonObject = isJsonObject(inputResponses) ? inputResponses : {};
  if (!requests.every((one) => isJsonObject(answers[one.id]))) {
    return { message: rpcResult(id, inputRequired(inputRequestsOf(requests) ?? {}, asked)) };
  }
  const responses = requests.flatMap((one) => responsesTo([one], answers[one.id] as JsonObject));
  const messages = [...history, responseMessage(...responses)];
  const { taskId, contextId, turn } = asked;
  const ids = { taskId, contextId, turn: turn + 1 };
  return startCall(core, call, { model: tool.served.name, mcpCall: mcpCallOf(request), ...ids, messages });
}

function nothingWaits(): SluiceError {
  const message = "requestState is none that this call was given, or it is not kept any more";
  return new SluiceError("invalid-request", message, { field: "requestState", status: 400 });
}
