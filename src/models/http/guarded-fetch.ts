import { lookup as resolveName } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Agent, fetch, type RequestInit, type Response } from "undici";
import { SluiceError } from "../../stream/error.js";
import { checkAgents } from "./check-agents.js";

/** Which hosts are reached. */
export interface GuardedHosts {
  /** Hosts (`localhost`, `10.0.0.5:8080`) that are reached although their addresses are private; `true` for all. */
  allowPrivate?: true | readonly string[];
  /** The only hosts that are reached. Default: any. */
  hosts?: readonly string[];
}

/** Networks that are not public (IANA special-purpose address registries). */
const PRIVATE = privateNetworks();
/** Headers that go to another host, too, when an answer leads there. */
const FOR_ANY_HOST = /^(?:accept(?:-.*)?|content-(?:type|length)|user-agent)$/;
/** Redirects that are followed. */
const MOST_REDIRECTS = 10;

/**
 * Makes requests to public addresses only: those of a name are looked at when the connection is made, so that a name that
 * changes its address between two looks gains nothing; each redirect is looked at anew.
 */
export class GuardedFetch {
  readonly #options: GuardedHosts;
  readonly #field: string;

  /** @param field where addresses are given, for errors. */
  constructor(options: GuardedHosts, field: string) {
    this.#options = options;
    this.#field = field;
  }

  /**
   * Looks at an address before it is used: what its name leads to is looked at when the connection is made.
   *
   * @throws {SluiceError} `permission` for one that is not allowed.
   */
  check(url: URL): void {
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new SluiceError("permission", `${url.protocol} is not http or https`, { field: this.#field });
    }
    const { hosts } = this.#options;
    if (hosts !== undefined && !hosts.includes(url.hostname) && !hosts.includes(url.host)) {
      throw new SluiceError("permission", `${url.host} is none of the hosts that are allowed`, { field: this.#field });
    }
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0) this.#checkAddress(url, literal);
    // RFC 6761: this machine, whatever a server of names says.
    else if (/(?:^|\.)localhost\.?$/i.test(literal)) this.#checkAddress(url, "127.0.0.1");
  }

  /** @throws {SluiceError} `permission` for an address that is not allowed; `connect-failed`; `unsupported` as `checkAgents` says. */
  async request(
    url: URL,
    init: RequestInit,
    settings: { followRedirects: boolean; verifyTls: boolean },
  ): Promise<{ response: Response; url: URL; close: () => Promise<void> }> {
    checkAgents("a look at addresses before they are reached");
    let at = url;
    let sent = init;
    for (let redirects = 0; ; redirects++) {
      this.check(at);
      const agent = this.#agent(at, settings.verifyTls);
      const close = () => agent.close();
      const response = await fetch(at, { ...sent, redirect: "manual", dispatcher: agent }).catch((thrown: unknown) => {
        void agent.destroy();
        throw requestFailed(at, thrown);
      });
      const location = response.headers.get("location");
      const moved = response.status >= 300 && response.status < 400 && location !== null;
      if (!moved || !settings.followRedirects) return { response, url: at, close };
      await response.body?.cancel();
      void agent.close();
      if (redirects >= MOST_REDIRECTS) throw new SluiceError("connect-failed", `more than ${MOST_REDIRECTS} redirects`);
      const next = new URL(location, at);
      sent = afterRedirect(sent, response.status, at, next);
      at = next;
    }
  }

  #checkAddress(url: URL, address: string): void {
    const { allowPrivate } = this.#options;
    if (allowPrivate === true || allowPrivate?.includes(url.hostname) || allowPrivate?.includes(url.host)) return;
    if (!isPrivate(address)) return;
    const message = `${url.host} has the private address ${address}: allowPrivate allows it`;
    throw new SluiceError("permission", message, { field: this.#field });
  }

  /** Connects only to addresses that were looked at. */
  #agent(url: URL, verifyTls: boolean): Agent {
    const lookup: LookupFunction = (hostname, options, done) => {
      resolveName(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return done(error, "", 0);
        try {
          for (const { address } of addresses) this.#checkAddress(url, address);
        } catch (refused) {
          return done(refused as NodeJS.ErrnoException, "", 0);
        }
        const [first] = addresses;
        if (options.all) return done(null, addresses);
        return done(null, first?.address ?? "", first?.family ?? 0);
      });
    };
    return new Agent({ connect: { lookup, rejectUnauthorized: verifyTls }, pipelining: 0 });
  }
}

/** A redirect that is not to be made in the same way, and secrets that are not for another host. */
function afterRedirect(init: RequestInit, status: number, from: URL, to: URL): RequestInit {
  const { method = "GET" } = init;
  const headers = new Headers(init.headers as Record<string, string> | undefined);
  // Any header may hold a secret: `api_key` has the name that its author gives it.
  if (from.origin !== to.origin)
    for (const name of [...headers.keys()]) if (!FOR_ANY_HOST.test(name)) headers.delete(name);
  const asGet = status === 303 || ((status === 301 || status === 302) && method === "POST");
  const plain = Object.fromEntries(headers);
  if (!asGet) return { ...init, headers: plain };
  const { body: _, ...rest } = init;
  for (const name of ["content-type", "content-length"]) delete plain[name];
  return { ...rest, method: method === "HEAD" ? "HEAD" : "GET", headers: plain };
}

function requestFailed(url: URL, thrown: unknown): SluiceError {
  for (let at: unknown = thrown; at instanceof Error; at = at.cause) if (at instanceof SluiceError) return at;
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError("connect-failed", `${url.host} cannot be reached: ${message}`, {
    retryable: true,
    cause: thrown,
  });
}

function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return PRIVATE.check(mapped, "ipv4");
  return PRIVATE.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function privateNetworks(): BlockList {
  const list = new BlockList();
  for (const [network, bits] of [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
  ] as const) {
    list.addSubnet(network, bits, "ipv4");
  }
  for (const [network, bits] of [
    // With addresses of IPv4 in them, of which ::1 and :: are two.
    ["::", 96],
    ["::ffff:0:0", 96],
    ["64:ff9b::", 96],
    ["64:ff9b:1::", 48],
    ["100::", 64],
    ["2001::", 23],
    ["2001:db8::", 32],
    ["2002::", 16],
    ["fc00::", 7],
    ["fe80::", 10],
    ["fec0::", 10],
    ["ff00::", 8],
  ] as const) {
    list.addSubnet(network, bits, "ipv6");
  }
  return list;
}
