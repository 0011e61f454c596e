import type { JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import { type ChatRequest, isProviderTool } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import { chatForm } from "./answer-form.js";
import { writeMessages } from "./write-messages.js";
import { mergeOptions, writeOptions } from "./write-options.js";
import { PATH } from "./write-settings.js";

/** A request to `/api/chat`, as https://docs.ollama.com/api/chat describes it. */
export function writeRequest(request: ChatRequest, target: CallTarget): WireRequest {
  const warnings: Warning[] = [];
  const body: JsonObject = {
    model: target.model,
    messages: writeMessages(request.messages, warnings),
    // Ollama streams by default.
    stream: target.stream,
    ...writeTools(request, warnings),
    ...writeOptions(request, warnings),
  };
  mergeOptions(body, request.providerOptions?.[chatForm.name]);
  return { path: PATH, body, warnings };
}

function writeTools({ tools = [], toolChoice, parallelToolCalls }: ChatRequest, warnings: Warning[]): JsonObject {
  // A model that must not call any is not shown any.
  if (tools.length === 0 || toolChoice === "none") return {};
  if (toolChoice !== undefined && toolChoice !== "auto") {
    warnings.push({ field: "toolChoice", message: "not sent: with Ollama the model decides whether to call a tool" });
  }
  if (parallelToolCalls === false) {
    warnings.push({ field: "parallelToolCalls", message: "not sent: Ollama has no such option" });
  }
  return {
    tools: tools.map((tool, index) => {
      if (!isProviderTool(tool)) {
        const { name, description, inputSchema } = tool;
        const called = { name, ...(description !== undefined && { description }), parameters: inputSchema };
        return { type: "function", function: called };
      }
      const field = `tools[${index}]`;
      throw new SluiceError("unsupported", `${field}: a tool of ${tool.dialect} cannot run behind ollama`, { field });
    }),
  };
}
