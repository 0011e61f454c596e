import type { CallOptions, ChatModel, ModelInfo, RetryPolicy, Timeouts } from "../stream/chat-model.js";
import { invalid, SluiceError } from "../stream/error.js";
import { echo } from "./echo.js";
import { fetchTransport } from "./http/fetch-transport.js";
import { httpModel } from "./http/http-model.js";
import { HttpService } from "./http/http-service.js";
import { maskSecret } from "./http/mask-secrets.js";
import type { Transport } from "./http/transport.js";
import { nearest } from "./nearest.js";
import type { Address, Environment, Provider, ProviderStatus } from "./provider.js";
import { configuredBy, firstSet, givenBaseUrl, variableName } from "./provider-environment.js";
import { PROVIDERS } from "./providers.js";

/** Settings of `model`. What is given here wins over the environment. */
export interface ModelOptions {
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
  /** Of each call, unless the call has its own. */
  timeouts?: Timeouts;
  retry?: RetryPolicy;
  /** Where keys and addresses are looked up. Default `process.env`, where there is one. */
  env?: Environment;
}

/** Finds models by their names. Applications may have one of their own, or add to the one that `model` uses. */
export class Registry {
  readonly #providers = new Map<string, Provider>();

  /** @param providers default: those that are built in. */
  constructor(providers: readonly Provider[] = PROVIDERS) {
    for (const provider of providers) this.register(provider);
  }

  /**
   * Adds a provider, or puts it in the place of the one with the same id.
   *
   * @throws {SluiceError} `invalid-argument` for an id with a slash or white space.
   */
  register(provider: Provider): void {
    if (!/^[^/\s]+$/.test(provider.id))
      throw invalid("provider.id", provider.id, "a name without slash and white space");
    this.#providers.set(provider.id, provider);
  }

  get providers(): readonly Provider[] {
    return [...this.#providers.values()];
  }

  /**
   * The model of a name such as `openai/gpt-5` or `openrouter/anthropic/claude-sonnet-4.5`; `echo` is the one that says
   * back what it is told. Nothing is sent.
   *
   * @throws {SluiceError} `unknown-model` with the nearest names; `missing-key` with the variable to set;
   *   `invalid-argument` for settings that are none.
   */
  model(id: string, options: ModelOptions = {}): ChatModel {
    if (id === "echo") return echo();
    const { provider, name } = this.#find(id);
    const { dialect, capabilities } = provider;
    const service = serviceOf(provider, id, name, options);
    const list = provider.list && ((call?: CallOptions) => listModels(provider, id, service, call));
    return httpModel({
      id,
      dialect,
      model: name,
      ...service,
      ...(capabilities && { capabilities }),
      ...(list && { list }),
    });
  }

  /** What is set for each provider, and what to set for the rest. */
  configured(env: Environment = defaultEnvironment()): ProviderStatus[] {
    return this.providers.map((provider) => {
      const { id, label, hint, keyRequired } = provider;
      const by = configuredBy(provider, env);
      const at = givenBaseUrl(provider, env)?.value ?? provider.baseUrl;
      const [needed] = keyRequired ? provider.keyEnv : provider.baseUrlEnv.map(variableName);
      return {
        id,
        label,
        ...(by !== undefined && { configuredBy: by }),
        toSet: needed ?? "",
        ...(at !== undefined && { baseUrl: at }),
        local: !keyRequired,
        hint,
      };
    });
  }

  #find(id: string): { provider: Provider; name: string } {
    const slash = id.indexOf("/");
    const provider = slash > 0 ? this.#providers.get(id.slice(0, slash)) : undefined;
    const name = id.slice(slash + 1);
    if (provider !== undefined && name !== "") return { provider, name };
    throw new SluiceError("unknown-model", this.#explain(id), { model: id });
  }

  #explain(id: string): string {
    const slash = id.indexOf("/");
    const given = slash === -1 ? id : id.slice(0, slash);
    const ids = [...this.#providers.keys()];
    const families = this.providers.filter(({ families = [] }) => families.some((start) => id.startsWith(start)));
    const meant = families.map((provider) => `${provider.id}/${id}`);
    const said = JSON.stringify(id);
    if (ids.includes(given)) {
      return `${said} names a provider and no model: write ${given}/MODEL${example(this.#providers.get(given))}`;
    }
    const near = slash === -1 ? meant : [...nearest(given, ids).map((one) => one + id.slice(slash)), ...meant];
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `providers: ${ids.join(", ")}`;
    if (slash === -1) return `${said} does not say whose model it is: write PROVIDER/MODEL; ${hint}`;
    return `${said}: there is no provider ${JSON.stringify(given)}; ${hint}`;
  }
}

/** The registry that `model`, `stream` and `generate` use. */
const registry = new Registry();

/**
 * The model of a name such as `openai/gpt-5`: the provider's id, a slash, and the provider's name for the model. Key and
 * base URL come from the options or from the usual variables. Nothing is sent.
 *
 * @throws {SluiceError} `unknown-model` with the nearest names; `missing-key` with the variable to set;
 *   `invalid-argument` for settings that are none.
 */
export function model(id: string, options?: ModelOptions): ChatModel {
  return registry.model(id, options);
}

/**
 * Adds a provider to those that `model` knows, or puts it in the place of the one with the same id.
 *
 * @throws {SluiceError} `invalid-argument` for an id with a slash or white space.
 */
export function registerProvider(provider: Provider): void {
  registry.register(provider);
}

/** What is set for each provider that `model` knows, and what to set for the rest. */
export function configuredProviders(env?: Environment): ProviderStatus[] {
  return registry.configured(env);
}

type Service = ConstructorParameters<typeof HttpService>[0];

function serviceOf(provider: Provider, id: string, name: string, options: ModelOptions): Service {
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
    ...(used && { transport: used }),
    ...(timeouts && { timeouts }),
    ...(retry && { retry }),
  };
}

function addressOf(provider: Provider, id: string, options: ModelOptions, env: Environment): Address {
  const given = options.baseUrl ?? givenBaseUrl(provider, env)?.value;
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
  return { baseUrl: baseUrl.replace(/\/+$/, ""), query: { ...query, ...options.query } };
}

/** Some vendors' own clients add the path themselves, so that their variables hold only scheme and host. */
function withPath(given: string, usual: string | undefined): string {
  if (usual === undefined || !URL.canParse(given) || new URL(given).pathname !== "/") return given;
  return given.replace(/\/+$/, "") + new URL(usual).pathname;
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

async function listModels(
  provider: Provider,
  id: string,
  options: Service,
  call: CallOptions = {},
): Promise<ModelInfo[]> {
  const service = new HttpService(options);
  const found = await provider.list?.((path) => service.getJson(id, path, provider.dialect.readError, call));
  return (found ?? []).map((info) => ({ ...info, id: `${provider.id}/${info.id}` }));
}

function example(provider: Provider | undefined): string {
  const family = provider?.families?.[0];
  return family === undefined ? "" : `, for example a model whose name begins with ${family}`;
}

function defaultEnvironment(): Environment {
  return typeof process === "undefined" ? {} : process.env;
}
