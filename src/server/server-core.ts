import type { EmbeddingModel } from "../models/embeddings/embedding-model.js";
import type { RouteState } from "../models/routing/route.js";
import type { RunLog } from "../runs/run-log.js";
import type { Run } from "../runs/start-run.js";
import type { Transcriber } from "../speech/listen/transcriber.js";
import type { Voice } from "../speech/voices/voice.js";
import type { RouteDecision } from "../stream/call-context.js";
import type { SluiceError } from "../stream/error.js";
import type { PushNotifications } from "./a2a/push-notifications.js";
import type { ServerCall } from "./call.js";
import type { Monitor } from "./monitoring/monitor.js";
import type { Named } from "./named.js";
import type { RouteTrail } from "./routing/route-trail.js";
import type { RunMeter, RunUse } from "./run-meter.js";
import type { ServedModels } from "./served-models.js";
import type { TakeOver } from "./take-over.js";

/** Settings that routes look at. */
interface CoreSettings {
  /**
   * What happens when a client leaves: its run ends, goes on, or (`auto`) goes on where the client's protocol has a way to
   * come back.
   */
  onLeave: "stop" | "continue" | "auto";
  /** How long the headers of a streamed answer wait for its first word, so that an error has its status, in ms. */
  patienceMs: number;
  /** Whether callers must have a key. */
  asksForKey: boolean;
}

/** A request that was let in. */
export interface Admitted {
  /** The name of what it asks. */
  readonly model: string;
  /** It is over, with what it used, or was not begun. */
  release(use?: RunUse): void;
}

/** A run that is under way, and what is noted of it. */
interface WatchedRun {
  run: Pick<Run, "id" | "done">;
  meter: RunMeter;
  trail: RouteTrail;
}

/** What all routes of a server share. */
export interface ServerCore {
  readonly models: ServedModels;
  readonly embedders: Named<EmbeddingModel>;
  readonly voices: Named<Voice>;
  readonly transcribers: Named<Transcriber>;
  readonly log: RunLog;
  readonly settings: CoreSettings;
  /** Whether the server takes no new requests any more. */
  ending(): boolean;
  /** Holds a caller to its limits. @throws {SluiceError} `rate-limited`, `quota`. */
  admit(call: Pick<ServerCall, "caller">, model: string): Promise<Admitted>;
  /** Follows a run to its end, for whoever counts. */
  watch(watched: WatchedRun, call: Pick<ServerCall, "id" | "caller">, admitted: Admitted): void;
  /** An answer that is no run is over, with what it used. */
  book(admitted: Admitted, call: ServerCall, use: RunUse, error?: SluiceError): void;
  /** A route has decided something in a run. */
  decided(decision: RouteDecision): void;
  /** Which answers are made once more where the process that made them is gone. */
  readonly takeOver: TakeOver;
  /** Tells clients of A2A when their tasks have ended; absent where the server is not to. */
  readonly pushNotifications: PushNotifications | undefined;
  /** Watches what goes on, for dashboards. */
  readonly monitor: Monitor;
  /** How the routes are doing, their circuit breakers included. */
  routes(): RouteState[];
}
