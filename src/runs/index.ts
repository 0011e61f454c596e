export type { Envelope } from "../stream/envelope.js";
export { endsRun, entryAfter, envelopeOf, seqAfter, stringifyEnvelope } from "../stream/envelope.js";
export type { MemoryRunLogOptions } from "./memory-run-log.js";
export { MemoryRunLog } from "./memory-run-log.js";
export type { RedisRunLogOptions } from "./redis-run-log.js";
export { RedisRunLog } from "./redis-run-log.js";
export type {
  LostRun,
  OpenRun,
  ReadRun,
  Retention,
  RunLog,
  RunReader,
  RunRecord,
  RunState,
  RunWriter,
} from "./run-log.js";
export { runSource } from "./run-source.js";
export type { Run, RunOutcome, StartRun } from "./start-run.js";
export { runAgain, startRun } from "./start-run.js";
