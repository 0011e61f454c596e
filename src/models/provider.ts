import type { JsonValue } from "../base/json.js";
import type { CallingDialect } from "../dialects/dialect.js";
import type { Capabilities, ModelInfo } from "../stream/chat-model.js";

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that says where a service is: its value, or what a URL is made of. */
export type AddressVariable = string | { name: string; url: (value: string) => string };

/** Where a model's calls go. */
export interface Address {
  /** Without a slash at its end. */
  baseUrl: string;
  /** Parameters of every request. */
  query: Readonly<Record<string, string>>;
}

/** Reads JSON from below the service's base URL. */
export type GetJson = (path: string) => Promise<JsonValue>;

/** A service that answers in one of the dialects. A row of data: adding a service is adding a row. */
export interface Provider {
  /** What stands before the slash, for example `groq` in `groq/llama-3.3-70b-versatile`. */
  id: string;
  /** Its name for people. */
  label: string;
  /** The protocol that it speaks. */
  dialect: CallingDialect;
  /** For services that want some of their models called in another one; `undefined` for the usual one. */
  dialectOf?: (model: string) => CallingDialect | undefined;
  /** Where it is unless somebody says otherwise; absent where each customer has an address of their own. */
  baseUrl?: string;
  /** Variables that say where it is; the first that is set counts. */
  baseUrlEnv: readonly AddressVariable[];
  /** Variables that hold the key; the first that is set counts. */
  keyEnv: readonly string[];
  /** Whether nothing works without a key. */
  keyRequired: boolean;
  /** The header that carries the key: `Authorization: Bearer …`, or one of the service's own. */
  auth: "bearer" | { header: string };
  /** For people: where to get a key, or how to start the server. */
  hint: string;
  /** The variable that names the model where nobody does, for example `OLLAMA_DEFAULT_MODEL` for `ollama`. */
  modelEnv?: string;
  /** How the names of its own models begin, to tell what is meant where the provider is missing. */
  families?: readonly string[];
  /** Sent with each call. */
  headers?: Readonly<Record<string, string>>;
  /** Headers whose values stand in variables, by header. Not sent where the variable is not set. */
  headersEnv?: Readonly<Record<string, string>>;
  /** Parameters of the query whose values stand in variables, by parameter; the first that is set counts. */
  queryEnv?: Readonly<Record<string, readonly string[]>>;
  /** For services whose address depends on the model. */
  address?: (address: Address, model: string) => Address;
  /** The models that it offers; ids without the provider. Absent where it cannot say. */
  list?: (get: GetJson) => Promise<ModelInfo[]>;
  /** What all of its models can do. */
  capabilities?: Capabilities;
}

/** What is set for a provider, and what to set. */
export interface ProviderStatus {
  /** What stands before the slash of its models. */
  id: string;
  /** Its name for people. */
  label: string;
  /** The variable that makes it usable; `undefined` where nothing is set. */
  configuredBy?: string;
  /** The variable to set. */
  toSet: string;
  /** Where it would be called. */
  baseUrl?: string;
  /** Whether it is a server of your own that needs no key. */
  local: boolean;
  /** For people: where to get a key, or how to start the server. */
  hint: string;
}
