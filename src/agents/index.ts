export type { AgentInput, AgentToolOptions } from "./agent.js";
export { Agent } from "./agent.js";
export type {
  AgentHooks,
  AgentLimits,
  AgentOptions,
  AgentRunOptions,
  AgentStep,
  AgentToolCall,
  StepChange,
  ToolDecision,
} from "./agent-options.js";
export type { AgentResult } from "./agent-run.js";
export { AgentRun } from "./agent-run.js";
export type { ChatConfig } from "./chat/chat-config.js";
export { chatConfig } from "./chat/chat-config.js";
export type { StreamChatOptions } from "./chat/stream-chat-agent.js";
export { ChatSignature, StreamChatAgent } from "./chat/stream-chat-agent.js";
export type { StreamedAnswer } from "./chat/streaming-strategy.js";
export { StreamingStrategy } from "./chat/streaming-strategy.js";
export type { CodeToolOptions } from "./code/code-tool.js";
export { codeTool } from "./code/code-tool.js";
export type { ReadAgentOptions } from "./definition/read-agent.js";
export { readAgent } from "./definition/read-agent.js";
export type { EvalResult } from "./evals/eval-report.js";
export { EvalReport } from "./evals/eval-report.js";
export type { EvaluateOptions } from "./evals/evaluate.js";
export { evaluate } from "./evals/evaluate.js";
export type { EvalCall, EvalCase, EvalRun, Score, Scorer } from "./evals/scorer.js";
export type { TrajectoryMatch } from "./evals/scorers.js";
export { exact, fits, judge, trajectory } from "./evals/scorers.js";
export type { FileToolsOptions } from "./files/file-tools.js";
export { fileTools } from "./files/file-tools.js";
export type { AgentMemory } from "./memory/agent-memory.js";
export type { ConversationMemoryOptions } from "./memory/conversation-memory.js";
export { bufferMemory, compactingMemory, conversationMemory, summaryMemory } from "./memory/conversation-memory.js";
export type { EmbeddedFactsOptions } from "./memory/facts/embedded-facts.js";
export { embeddedFacts } from "./memory/facts/embedded-facts.js";
export type { FactEmbedder } from "./memory/facts/fact-book.js";
export type { Fact, FactQuery, FactStore, FoundFact, NewFact } from "./memory/facts/fact-store.js";
export type { PostgresFactsOptions } from "./memory/facts/postgres-facts.js";
export { PostgresFacts } from "./memory/facts/postgres-facts.js";
export type { ProviderCompactionOptions } from "./memory/provider-compaction.js";
export { providerCompaction } from "./memory/provider-compaction.js";
export type { SearchMemoryOptions } from "./memory/search-memory.js";
export { SearchMemory, searchMemory } from "./memory/search-memory.js";
export type { SharedPoolOptions } from "./memory/shared-pool.js";
export { SharedPool, sharedPool } from "./memory/shared-pool.js";
export type { AgentLogEntry, AgentLogOptions } from "./observability/agent-log.js";
export { agentLog } from "./observability/agent-log.js";
export type { AuditEntry, AuditTrailOptions } from "./observability/audit-trail.js";
export { auditTrail } from "./observability/audit-trail.js";
export type { ObservabilityFlags, ObservabilityOptions } from "./observability/observability.js";
export { observability } from "./observability/observability.js";
export type { AgentPlan, PlanItem } from "./plan/plan.js";
export type { ShortSignatureOptions, Signature, SignatureSchemas } from "./signature/signature.js";
export { signature } from "./signature/signature.js";
export { readSkills } from "./skills/read-skills.js";
export type { Skill } from "./skills/skill.js";
export { fallbackStrategy } from "./strategies/fallback-strategy.js";
export type { HumanInTheLoopOptions } from "./strategies/human-in-the-loop.js";
export { humanInTheLoop } from "./strategies/human-in-the-loop.js";
export type { Cycle, MultiCycleOptions } from "./strategies/multi-cycle.js";
export { multiCycle } from "./strategies/multi-cycle.js";
export type { BatchItem, BatchOptions } from "./strategies/parallel-batch.js";
export { runBatch } from "./strategies/parallel-batch.js";
export { singleShot } from "./strategies/single-shot.js";
export type { AgentStrategy } from "./strategies/strategy.js";
export type { ChosenOptions } from "./teams/chosen.js";
export { chosenByModel } from "./teams/chosen.js";
export type { HandOffOptions } from "./teams/hand-off.js";
export { handOff } from "./teams/hand-off.js";
export type { PlannedOptions } from "./teams/planned.js";
export { plannedByModel } from "./teams/planned.js";
export type { DebateOptions, RoundRobinOptions } from "./teams/round-robin.js";
export { debate, roundRobin } from "./teams/round-robin.js";
export type { Member, Speaker, TeamSettings, TeamState } from "./teams/team.js";
export { team } from "./teams/team.js";
export type { ToolSearchOptions } from "./tool-search/tool-search.js";
export type { EndedTurn } from "./turns-source.js";
export type { AgentNode, AgentNodeContext } from "./workflow-node.js";
