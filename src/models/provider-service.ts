import type { CallingDialect } from "../dialects/dialect.js";
import type { Capabilities, RetryPolicy, Timeouts } from "../stream/chat-model.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { ThoughtTags } from "../stream/part-thoughts.js";
import { isNearBy } from "./http/default-timeouts.js";
import { fetchTransport } from "./http/fetch-transport.js";
import { checkBaseUrl, type HttpServiceOptions } from "./http/http-service.js";
import { maskSecret } from "./http/mask-secret.js";
import type { Transport } from "./http/transport.js";
import type { Address, Environment, Provider } from "./provider.js";
import { defaultEnvironment, firstSet, givenBaseUrl, variableName } from "./provider-environment.js";

/** Settings of `model`. What is given here wins over the environment. */
export interface ModelOptions {
  /** The protocol to speak, for example `openAiChat` for a model that is called through the Responses API otherwise. */
  dialect?: CallingDialect;
  /** What the model can do, where it is known better than by its protocol and its name. */
  capabilities?: Capabilities;
  /** Default: the first of the provider's variables that is set. */
  apiKey?: string;
  /** Where the service is. Without a path it gets the path of the provider's own. */
  baseUrl?: string;
  /** Sent with each call; they win over the provider's own. */
  headers?: Readonly<Record<string, string>>;
  /** Added to the query of each URL, for example Azure's `api-version`. */
  query?: Readonly<Record<string, string>>;
  /** Default: undici on Node, `fetch` elsewhere. */
  transport?: Transport | Promise<Transport>;
  /** Sends the requests with this `fetch`, in place of a transport. */
  fetch?: typeof globalThis.fetch;
  /** Limits of each call, unless the call has its own. */
  timeouts?: Timeouts;
  /** How each call is made again, unless the call has its own policy. */
  retry?: RetryPolicy;
  /**
   * Whether the model says its reasoning as text between tags (`<think>…</think>`), to be parted from it: yes, with these
   * tags, or no. Default: as the catalogue has it for the model, for most no.
   */
  thoughtTags?: boolean | ThoughtTags;
  /** Where keys and addresses are looked up. Default `process.env`, where there is one. */
  env?: Environment;
}

/**
 * How a model's calls are made.
 *
 * @param id the model as people name it.
 * @param name the model as the provider names it.
 * @throws {SluiceError} `missing-key` with the variable to set; `invalid-argument` for a key that no header can carry.
 */
export function serviceOf(provider: Provider, id: string, name: string, options: ModelOptions): HttpServiceOptions {
  const { env = defaultEnvironment(), transport, fetch, timeouts, retry } = options;
  const address = addressOf(provider, id, options, env);
  const { baseUrl, query } = provider.address?.(address, name) ?? address;
  const used = transport ?? (fetch && fetchTransport({ fetch }));
  const headers: Record<string, string> = { ...provider.headers };
  for (const [header, variable] of Object.entries(provider.headersEnv ?? {})) {
    const value = firstSet([variable], env)?.value;
    if (value !== undefined) headers[header] = value;
  }
  Object.assign(headers, authentication(provider, id, options.apiKey, env), options.headers);
  return {
    baseUrl,
    query,
    headers,
    nearBy: isNearBy(baseUrl),
    ...(used && { transport: used }),
    ...(timeouts && { timeouts }),
    ...(retry && { retry }),
  };
}

function addressOf(provider: Provider, id: string, options: ModelOptions, env: Environment): Address {
  const found = options.baseUrl === undefined ? givenBaseUrl(provider, env) : undefined;
  // A variable is named by its own name: who set it may never have heard of the option.
  if (found !== undefined) checkBaseUrl(found.name, found.value);
  const given = options.baseUrl ?? found?.value;
  const baseUrl = given === undefined ? provider.baseUrl : withPath(given, provider.baseUrl);
  if (baseUrl === undefined) {
    const names = provider.baseUrlEnv.map(variableName).join(" or ");
    const message = `${provider.label} needs a base URL: set ${names}, or pass baseUrl; ${provider.hint}`;
    throw new SluiceError("missing-key", message, { model: id, field: "baseUrl" });
  }
  const query: Record<string, string> = {};
  for (const [parameter, variables] of Object.entries(provider.queryEnv ?? {})) {
    const value = firstSet(variables, env)?.value;
    if (value !== undefined) query[parameter] = value;
  }
  return { baseUrl: baseUrl.replace(/(?<!\/)\/+$/, ""), query: { ...query, ...options.query } };
}

/** Some vendors' own clients add the path themselves, so that their variables hold only scheme and host. */
function withPath(given: string, usual: string | undefined): string {
  if (usual === undefined || !URL.canParse(given) || new URL(given).pathname !== "/") return given;
  return given.replace(/(?<!\/)\/+$/, "") + new URL(usual).pathname;
}

function authentication(
  provider: Provider,
  id: string,
  apiKey: string | undefined,
  env: Environment,
): Record<string, string> {
  const key = apiKey ?? firstSet(provider.keyEnv, env)?.value;
  if (key === undefined || key === "") {
    if (!provider.keyRequired) return {};
    const names = provider.keyEnv.join(" or ");
    const message = `${provider.label} needs an API key: set ${names}, or pass apiKey; ${provider.hint}`;
    throw new SluiceError("missing-key", message, { model: id, field: "apiKey" });
  }
  if (!/^[\x21-\x7e]+$/.test(key)) throw invalid("apiKey", maskSecret(key), "printable ASCII without spaces");
  return provider.auth === "bearer" ? { authorization: `Bearer ${key}` } : { [provider.auth.header]: key };
}
