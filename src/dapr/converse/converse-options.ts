import type { JsonValue } from "../../base/json.js";

/** What Dapr's conversation API takes beside what is asked of the model. */
export interface ConverseOptions {
  /** The conversation that is continued where the sidecar keeps conversations; given back with the answer. */
  contextId?: string;
  /** Whether personal data is taken out of the messages before the model sees them. Default false. */
  scrubInput?: boolean;
  /** Whether personal data is taken out of the answer. Default false. */
  scrubOutput?: boolean;
  /** Parameters for the component. daprd gives them back with answers of Alpha1 and does nothing else with them. */
  parameters?: Readonly<Record<string, JsonValue>>;
  /** How long the provider keeps the prompt in its cache, in ms. Alpha2 only. */
  promptCacheRetentionMs?: number;
}

/** What is asked, and of which component. */
export interface ConverseTarget extends ConverseOptions {
  /** The component's name. */
  component: string;
  /**
   * Whether who answers takes a temperature of 0 for one that is not set, as daprd does; such requests then come with a
   * warning. Default false.
   */
  zeroIsUnset?: boolean;
}
