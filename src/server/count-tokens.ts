import { estimateTokens } from "../base/token-estimate.js";
import { tokenCounter } from "../chat/token-counter.js";
import type { ServedRequest } from "../dialects/dialect.js";
import type { Caller } from "./protect/caller.js";
import type { ServerCore } from "./server-core.js";

/** The tokens of a request, tools included; estimated where the model's vocabulary is not published. */
export async function countTokens(
  core: ServerCore,
  caller: Caller,
  { model, request }: Pick<ServedRequest, "model" | "request">,
): Promise<number> {
  const counter = await tokenCounter(core.models.find(model, caller).model.id);
  const tools = request.tools === undefined ? 0 : estimateTokens(JSON.stringify(request.tools));
  return counter.count(request.messages) + tools;
}
