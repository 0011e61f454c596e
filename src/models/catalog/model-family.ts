import type { InputKind, SchemaLimits } from "../../stream/chat-model.js";
import type { ThoughtTags } from "../../stream/part-thoughts.js";

/** What is known of the models of a family. What a row does not say, another may. */
export interface ModelFamily {
  /** The services that have them. Default: any. */
  providers?: readonly string[];
  /** Matches their names, without the provider. Default: all models of the services. */
  models?: RegExp;
  /** Whether an answer is constrained to a JSON schema. */
  jsonSchema?: boolean;
  /** What their schemas cannot say, so that a value is asked for in another way. */
  jsonSchemaLimits?: SchemaLimits;
  /** Whether a value can be asked for as the arguments of a tool. */
  tools?: boolean;
  /** What they take beside text, where that is less than their protocol has a place for. */
  inputs?: readonly InputKind[];
  /** Whether they go on from an assistant's message at the end of the request. */
  prefix?: boolean;
  /** Whether they think without being asked to. */
  thinks?: boolean;
  /** Around their reasoning, where their service leaves it in the text. */
  thoughtTags?: ThoughtTags;
}
