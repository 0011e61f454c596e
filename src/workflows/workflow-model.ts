import type { ChatModel } from "../stream/chat-model.js";
import type { Workflow } from "./workflow.js";

export interface WorkflowModelOptions {
  id?: string;
}

export function workflowModel(
  workflow: Workflow,
  { id = `workflow/${workflow.name}` }: WorkflowModelOptions,
): ChatModel {
  return {
    id,
    stream: (request) => {
      const last = request.messages.at(-1);
      return workflow.run({ inputs: { [workflow.inputs[0]?.name ?? "x"]: String(last?.content) } }).stream;
    },
  };
}
