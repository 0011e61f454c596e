import { defined } from "../../base/defined.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import { takesSampling } from "../openai-models.js";
import type { PlainRequest } from "../plain-request.js";
import { isReasoningModel } from "./model-traits.js";
import { RESPONSES } from "./opaque.js";

/** Where responses are asked for, below the base URL. */
export const PATH = "/responses";

/** Options of ours that this protocol has no field for. */
const UNKNOWN = ["stop", "seed", "topK", "presencePenalty", "frequencyPenalty"] as const;

/** A warning for each option that this protocol has no field for. */
export function warnOfUnknown(request: ChatRequest, warnings: Warning[]): void {
  for (const field of UNKNOWN) {
    if (request[field] !== undefined) warnings.push({ field, message: `not sent: ${RESPONSES} has no such option` });
  }
}

/** The role of instructions. */
export function systemRole({ model }: CallTarget): "developer" | "system" {
  return isReasoningModel(model) ? "developer" : "system";
}

/** What all requests say beside their input: what is kept and comes back, how to sample, and how long. */
export function writeSettings(
  request: ChatRequest,
  { model, stream }: CallTarget,
  warnings: Warning[],
): Record<string, JsonValue | undefined> {
  return {
    ...(stream && { stream: true }),
    store: false,
    ...(isReasoningModel(model) && { include: ["reasoning.encrypted_content"] }),
    max_output_tokens: request.maxTokens,
    ...writeSampling(request, model, warnings),
  };
}

/** How to sample, which models that think refuse. */
function writeSampling(
  { temperature, topP, reasoning }: ChatRequest,
  model: string,
  warnings: Warning[],
): Record<string, number | undefined> {
  if (takesSampling(model, reasoning?.effort)) return { temperature, top_p: topP };
  for (const [field, value] of Object.entries({ temperature, topP })) {
    if (value !== undefined) warnings.push({ field, message: "not sent: this model refuses it where it thinks" });
  }
  return {};
}

/** A request of nothing but texts. */
export function writePlainRequest(request: PlainRequest, target: CallTarget): WireRequest {
  const warnings: Warning[] = [];
  const input = request.messages.map(
    ({ role, content }): JsonObject => ({ role: role === "system" ? systemRole(target) : role, content }),
  );
  const body = defined({ model: target.model, input, ...writeSettings(request, target, warnings) });
  warnOfUnknown(request, warnings);
  return { path: PATH, body, warnings };
}
