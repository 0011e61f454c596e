import type { AiSdkVersion } from "./language-model.js";

/** The model that a request is written for. */
export interface AiSdkTarget {
  version: AiSdkVersion;
  /** The key of its `providerOptions`: its `provider` up to the first dot. */
  provider: string;
}
