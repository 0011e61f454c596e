import type { CallingDialect } from "../../dialects/dialect.js";
import { RETRY, TIMEOUTS } from "../../stream/call-options.js";
import type { CallOptions, Capabilities, ChatModel, ModelInfo } from "../../stream/chat-model.js";
import { CAPABILITIES } from "../../stream/check-capabilities.js";
import {
  boolean,
  callable,
  clock as clockCheck,
  exactly,
  filledString,
  having,
  string,
  stringRecord,
  transport as transportCheck,
} from "../../stream/checks.js";
import { calledModel } from "./called-model.js";
import type { HttpServiceOptions } from "./http-service.js";

/** Settings of `httpModel`. */
export interface HttpModelOptions extends HttpServiceOptions {
  /** As people name it, for example `openai/gpt-5`. */
  id: string;
  /** The dialect of the service. */
  dialect: CallingDialect;
  /** As the provider names it. */
  model: string;
  /** What the model can do, where that is known. */
  capabilities?: Capabilities;
  /** The models that the service offers, where it can say. */
  list?: (options?: CallOptions) => Promise<ModelInfo[]>;
}

const OPTIONS = exactly("httpModel", {
  id: { required: filledString },
  dialect: { required: having("a dialect", "writeRequest", "reader") },
  model: { required: string },
  capabilities: CAPABILITIES,
  list: callable,
  baseUrl: { required: string },
  query: stringRecord,
  headers: stringRecord,
  transport: transportCheck,
  nearBy: boolean,
  timeouts: TIMEOUTS,
  retry: RETRY,
  clock: clockCheck,
  random: callable,
} satisfies Record<keyof HttpModelOptions, unknown>);

/**
 * A model behind HTTP, in any dialect.
 *
 * @throws {SluiceError} `invalid-argument` for an invalid base URL, timeouts or retry policy.
 */
export function httpModel(options: HttpModelOptions): ChatModel {
  OPTIONS(options, "");
  return calledModel(options);
}
