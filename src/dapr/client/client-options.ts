import type { Clock } from "../../base/clock.js";
import { storeOrPlace } from "../../chat/check-store.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import type { HttpServiceOptions } from "../../models/http/http-service.js";
import type { Environment } from "../../models/provider.js";
import { RETRY, TIMEOUTS } from "../../stream/call-options.js";
import type { RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import {
  type Check,
  callable,
  clock,
  exactly,
  filledString,
  jsonObject,
  positive,
  string,
  transport,
} from "../../stream/checks.js";
import type { LoadComponentsOptions } from "../components/load-conversation-components.js";
import { RESOURCE_FIELDS } from "../resources/load-resources.js";
import type { Report } from "../resources/notice.js";
import type { EndpointOptions } from "./endpoints.js";

/** Settings of `DaprChatClient`. All may be left out. */
export interface DaprChatClientOptions extends EndpointOptions {
  /** The component to ask, unless a call names another. Default `DAPR_LLM_COMPONENT_DEFAULT`, else the only one there is. */
  llmComponent?: string;
  /** Another name for `llmComponent`. */
  componentName?: string;
  /**
   * Who is asked: `sidecar` (a Sluice sidecar or a daprd), or `in-process`: component files in this process. Default `auto`:
   * the sidecar where an option or the environment says where one is, and the component files where it does not answer;
   * the component files where only they are given; else a sidecar at Dapr's usual ports.
   */
  backend?: "auto" | "sidecar" | "in-process";
  /** The folder with component files to run in process, or several. */
  resourcesPath?: string | readonly string[];
  /** The app that component files are for. Default `APP_ID`, else `sluice`. */
  appId?: string;
  /** How component files are loaded: where variables come from, what substitutes them, and so on. */
  loading?: Omit<LoadComponentsOptions, "resourcesPath" | "appId">;
  /**
   * In process: where conversations are continued by their context ids: a store, or where to find one (a path,
   * `postgres://…`, `redis://…`, `dapr://NAME`). Default: nowhere; an id is only given back.
   */
  store?: ConversationStore | string;
  /** Sent with each call of a sidecar. Default `DAPR_API_TOKEN`. */
  apiToken?: string;
  /** Limits of each call, unless the call has its own. */
  timeouts?: Timeouts;
  /** How each call is made again, unless the call has its own policy. */
  retry?: RetryPolicy;
  /** The pace at which whole answers (those of a plain daprd) are shown where pieces were asked for. Default: at once. */
  simulatedTokensPerSecond?: number;
  /** Called with who answers and how. `SLUICE_LOG=debug` prints the same to stderr. */
  log?: Report;
  /** Default `process.env`. */
  env?: Environment;
  /** How HTTP calls are made. Default: undici. */
  transport?: NonNullable<HttpServiceOptions["transport"]>;
  /** Default: the machine's. */
  clock?: Clock;
  /** From 0 to 1; spreads retries. Default `Math.random`. */
  random?: () => number;
}

/** Checked where it is used. */
const later: Check = () => {};

const OPTIONS = exactly("DaprChatClient", {
  llmComponent: filledString,
  componentName: filledString,
  backend: later,
  resourcesPath: RESOURCE_FIELDS.resourcesPath.required,
  appId: filledString,
  loading: jsonObject,
  store: storeOrPlace,
  apiToken: string,
  timeouts: TIMEOUTS,
  retry: RETRY,
  simulatedTokensPerSecond: positive,
  log: callable,
  env: jsonObject,
  transport,
  clock,
  random: callable,
  httpEndpoint: filledString,
  grpcEndpoint: filledString,
  host: filledString,
  httpPort: later,
  grpcPort: later,
  protocol: later,
} satisfies Record<keyof DaprChatClientOptions, Check>);

/** @throws {SluiceError} `invalid-argument` for an unknown option, and for invalid names and addresses. */
export function checkClientOptions(options: DaprChatClientOptions): void {
  OPTIONS(options, "");
}
