import { Socket } from "node:net";
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from "undici";
import { invalid } from "../../stream/error.js";
import { maskUrl } from "./mask-secrets.js";

/** The variables that name proxies, upper or lower case; the lower one wins, as in curl. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Settings of all connections. The limits of a call are kept by the call itself, so undici's own are off. An idle
 * connection is kept for 30 s, or as long as the server says: the next turn of a chat finds it open, and an idle socket
 * does not keep the process alive.
 */
const CONNECTIONS = { keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 };

/** Told of the socket that is being connected for the request that is being dispatched. */
let dialing: ((socket: Socket) => void) | undefined;

const connectDirectly = buildConnector({ timeout: 0 });

/** The agent that all models share: one pool of connections for each origin. Made at the first call. */
let shared: Agent | undefined;

/** Finds the dispatcher for a URL: a proxy where the environment names one, the shared agent otherwise. */
export class DispatcherPool {
  readonly #env: ProxyEnvironment;
  #proxy: EnvHttpProxyAgent | undefined;

  constructor(env: ProxyEnvironment) {
    this.#env = env;
  }

  /**
   * Loopback is always reached directly: a proxy elsewhere has another one.
   *
   * @throws {SluiceError} `invalid-argument` for an invalid proxy.
   */
  dispatcherFor(url: URL): Dispatcher {
    const httpProxy = proxyUrl(this.#env, "http_proxy", "HTTP_PROXY");
    const httpsProxy = proxyUrl(this.#env, "https_proxy", "HTTPS_PROXY");
    if ((httpProxy === "" && httpsProxy === "") || isLoopback(url.hostname)) return sharedAgent();
    this.#proxy ??= new EnvHttpProxyAgent({
      ...CONNECTIONS,
      httpProxy,
      httpsProxy,
      noProxy: this.#env.no_proxy || this.#env.NO_PROXY || "",
      // Of the hosts that no proxy is for.
      connect: dialled(connectDirectly),
      // The limits of a call are kept by the call.
      proxyTls: { timeout: 0 },
      clientFactory: (origin, { connect }: Pool.Options) =>
        new Pool(origin, { ...CONNECTIONS, ...(typeof connect === "function" && { connect: dialled(connect) }) }),
    });
    return this.#proxy;
  }
}

/** The URL of a proxy from the environment; like curl, it takes one without scheme for `http:`. Empty where none is set. */
function proxyUrl(env: ProxyEnvironment, ...names: readonly string[]): string {
  const name = names.find((one) => env[one]);
  const value = name === undefined ? undefined : env[name]?.trim();
  if (name === undefined || value === undefined || value === "") return "";
  const url = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(url) && /^(https?|socks5?):$/.test(new URL(url).protocol)) return url;
  throw invalid(name, maskUrl(url), "the http, https or socks5 URL of a proxy");
}

/**
 * Dispatches a request. undici connects within the call when it has no free connection; `onDial` then hears of the
 * socket, to the host or to a proxy, so that a request that is given up while it connects can close it.
 */
export function dispatchTo(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
  onDial: (socket: Socket) => void,
): void {
  dialing = onDial;
  try {
    dispatcher.dispatch(options, handler);
  } finally {
    dialing = undefined;
  }
}

function sharedAgent(): Agent {
  shared ??= new Agent({ ...CONNECTIONS, connect: dialled(connectDirectly) });
  return shared;
}

/** A connector whose sockets can be given up while they connect. */
function dialled(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const socket: unknown = connect(options, callback);
    if (socket instanceof Socket) dialing?.(socket);
    return socket;
  };
}

/** `localhost`, 127.0.0.0/8 and ::1. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
