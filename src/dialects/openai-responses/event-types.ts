import { lookup } from "../../base/lookup.js";
import type { PartKind } from "./open-item.js";

/** Events that are one piece of a text, and the field with the text's place in its item. */
export const TEXTS = lookup<{ kind: PartKind; place: string }>({
  "response.output_text": { kind: "text", place: "content_index" },
  "response.refusal": { kind: "refusal", place: "content_index" },
  "response.reasoning_summary_text": { kind: "summary", place: "summary_index" },
  "response.reasoning_text": { kind: "thought", place: "content_index" },
  // As some services call these (Open Responses).
  "response.reasoning": { kind: "thought", place: "content_index" },
  "response.reasoning_summary": { kind: "summary", place: "summary_index" },
});
/** Events that are one piece of a call's arguments. */
export const INPUTS = [
  "response.function_call_arguments",
  "response.custom_tool_call_input",
  "response.mcp_call_arguments",
  "response.code_interpreter_call_code",
  "response.apply_patch_call_operation_diff",
  "response.shell_call_command",
];
/** Events that say nothing which another does not. */
export const SILENT = [
  "keepalive",
  "response.in_progress",
  "response.queued",
  "response.content_part.added",
  "response.reasoning_part.added",
  "response.reasoning_part.done",
  "response.reasoning_summary_part.added",
  "response.reasoning_summary_part.done",
  "response.shell_call_output_content.done",
];
