import { addToConversation } from "./add-to-conversation.js";
import { agentCall } from "./agent-call.js";
import { chunkText } from "./chunk-text.js";
import { conceptEvaluation } from "./concept-evaluation.js";
import { condition } from "./condition.js";
import { continueConversation } from "./continue-conversation.js";
import { documentProcessing } from "./document-processing.js";
import { fileOutput } from "./file-output.js";
import { functionStep } from "./function.js";
import { graphMemoryFormat } from "./graph-memory-format.js";
import { httpRequest } from "./http-request.js";
import { humanApproval } from "./human-approval.js";
import { image } from "./image.js";
import { input } from "./input.js";
import { llmChat } from "./llm-chat.js";
import { llmStructured } from "./llm-structured.js";
import { llmVision } from "./llm-vision.js";
import { loop } from "./loop.js";
import { map } from "./map.js";
import { memoryRetrieve } from "./memory-retrieve.js";
import { memoryStore } from "./memory-store.js";
import { merge } from "./merge.js";
import { output } from "./output.js";
import { parallel } from "./parallel.js";
import { pythonFunction } from "./python-function.js";
import { startConversation } from "./start-conversation.js";
import type { StepType } from "./step-type.js";
import { stt } from "./stt.js";
import { subWorkflow } from "./sub-workflow.js";
import { switchStep } from "./switch.js";
import { template } from "./template.js";
import { toolStep } from "./tool.js";
import { toolCall } from "./tool-call.js";
import { tts } from "./tts.js";
import { wait } from "./wait.js";
import { whileStep } from "./while.js";

/** The step types that are built in. */
export const STEP_TYPES: readonly StepType[] = [
  input,
  output,
  fileOutput,
  template,
  merge,
  llmChat,
  llmStructured,
  llmVision,
  image,
  chunkText,
  documentProcessing,
  memoryStore,
  memoryRetrieve,
  graphMemoryFormat,
  condition,
  loop,
  map,
  parallel,
  switchStep,
  whileStep,
  wait,
  humanApproval,
  conceptEvaluation,
  startConversation,
  addToConversation,
  continueConversation,
  tts,
  stt,
  toolCall,
  toolStep,
  agentCall,
  subWorkflow,
  functionStep,
  pythonFunction,
  httpRequest,
];
