import type { RunLog } from "../runs/run-log.js";
import type { Run } from "../runs/start-run.js";
import type { Usage } from "../stream/usage.js";
import type { Call } from "./call.js";
import type { ServedModels } from "./served-models.js";

/** Settings that routes look at. */
export interface CoreSettings {
  /**
   * What happens when a client leaves: its run ends, goes on, or (`auto`) goes on where the client's protocol has a way to
   * come back.
   */
  onLeave: "stop" | "continue" | "auto";
  /** How long the headers of a streamed answer wait for its first word, so that an error has its status, in ms. */
  patienceMs: number;
}

/** A request that was let in. */
export interface Admitted {
  /** The name of what it asks. */
  readonly model: string;
  /** It is over, with what it used, or was not begun. */
  release(usage?: Usage): void;
}

/** What all routes of a server share. */
export interface ServerCore {
  readonly models: ServedModels;
  readonly log: RunLog;
  readonly settings: CoreSettings;
  /** Whether the server takes no new requests any more. */
  ending(): boolean;
  /** Holds a caller to its limits. @throws {SluiceError} `rate-limited`, `quota`. */
  admit(call: Call, model: string): Promise<Admitted>;
  /** Follows a run to its end, for whoever counts. */
  watch(run: Run, call: Call, admitted: Admitted): void;
}
