import type { AiSdkVersion } from "./language-model.js";

/** The model that a request is written for. */
export interface AiSdkTarget {
  version: AiSdkVersion;
  /** Whose names its `providerOptions` have: its `provider` up to the first dot. */
  provider: string;
}
