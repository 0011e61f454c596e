import { Socket } from "node:net";
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent } from "undici";

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

  /** Loopback is always reached directly: a proxy elsewhere has another one. */
  dispatcherFor(url: URL): Dispatcher {
    const httpProxy = this.#env.http_proxy || this.#env.HTTP_PROXY;
    const httpsProxy = this.#env.https_proxy || this.#env.HTTPS_PROXY;
    if ((httpProxy === undefined && httpsProxy === undefined) || isLoopback(url.hostname)) return sharedAgent();
    this.#proxy ??= new EnvHttpProxyAgent({
      ...CONNECTIONS,
      httpProxy: httpProxy ?? "",
      httpsProxy: httpsProxy ?? "",
      noProxy: this.#env.no_proxy || this.#env.NO_PROXY || "",
    });
    return this.#proxy;
  }
}

/**
 * Dispatches a request. undici connects within the call when it has no free connection; `onDial` is then told of the
 * socket, so that a request that is given up while it connects can close it.
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
  shared ??= new Agent({
    ...CONNECTIONS,
    connect: (options, callback) => {
      const socket: unknown = connectDirectly(options, callback);
      if (socket instanceof Socket) dialing?.(socket);
    },
  });
  return shared;
}

/** `localhost`, 127.0.0.0/8 and ::1. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
