export type { BuiltWorkflow } from "./builder/built-workflow.js";
export type { ExecuteOptions } from "./builder/local-runtime.js";
export { LocalRuntime } from "./builder/local-runtime.js";
export { WorkflowBuilder } from "./builder/workflow-builder.js";
export type { NodeContext, NodeLike, NodePort, WorkflowNode } from "./builder/workflow-node.js";
export { DbosEngine } from "./engines/dbos/dbos-engine.js";
export type { EmbeddedEngineOptions } from "./engines/embedded-engine.js";
export { EmbeddedEngine } from "./engines/embedded-engine.js";
export type {
  ListRuns,
  NewRun,
  OpenQuestion,
  RunDetails,
  RunJournal,
  RunStatus,
  StepRecord,
  WorkflowEngine,
  WorkflowRunRecord,
} from "./engines/engine.js";
export type { MemoryEngineOptions } from "./engines/memory-engine.js";
export { MemoryEngine } from "./engines/memory-engine.js";
export type { Diagnostic, DiagnosticCode } from "./format/diagnostic.js";
export { describeDiagnostic } from "./format/diagnostic.js";
export type { FieldSpec, FieldSpecs } from "./format/field-spec.js";
export { toMermaid } from "./graph/mermaid.js";
export { toSvg } from "./graph/svg.js";
export type { MemoryHit, MemoryIndex, MemoryItem } from "./memory/memory-index.js";
export { WordMemory } from "./memory/word-memory.js";
export type { WorkflowInput } from "./plan/plan.js";
export type { PromptLibrary, RenderedPrompt } from "./prompts/prompt-library.js";
export { prompts, readPrompts } from "./prompts/prompts.js";
export { answerQuestion, rerunFrom, resumeRun } from "./resume-run.js";
export type { ResumeOptions, WorkflowRunOptions } from "./run/start-run.js";
export type { StepReport, WorkflowResult, WorkflowRun } from "./run/workflow-run.js";
export type {
  HttpOptions,
  ModelAsked,
  ModelResolver,
  PythonOptions,
  WorkflowFunction,
  WorkflowServices,
} from "./services.js";
export type { StepContext } from "./steps/step-context.js";
export type { StepOutline, StepResult, StepType, Touch } from "./steps/step-type.js";
export { STEP_TYPES } from "./steps/step-types.js";
export type { SuperviseOptions } from "./supervise-runs.js";
export { superviseRuns } from "./supervise-runs.js";
export { TEMPLATE_NAMES, workflowTemplate } from "./templates.js";
export type { CheckedWorkflow, Workflow } from "./workflow.js";
export { checkWorkflow, loadWorkflow } from "./workflow.js";
export { workflowJsonSchema } from "./workflow-json-schema.js";
export type { WorkflowModel, WorkflowModelOptions } from "./workflow-model.js";
