import type { IncomingHttpHeaders } from "node:http";
import { isLoopback } from "./loopback.js";

/** What is allowed beside this machine itself. */
export interface RequestGuardOptions {
  /** Names without a port that this server is also called by, for example one in the hosts file; `*` for any. Default: none. */
  allowedHosts?: readonly string[];
  /** Pages that may call it from a browser, for example `https://app.example.com`; `*` for all. Default: its own only. */
  allowedOrigins?: readonly string[];
  /** Whether a page of another site may link to it (a GET by which the browser leaves that page). Default false. */
  links?: boolean;
}

/** The names by which containers reach the machine that they run on. */
const CONTAINER_HOSTS = ["host.docker.internal", "host.containers.internal", "gateway.docker.internal"];

/**
 * Keeps web pages away from a server that asks for no token. A page of any site can send requests to a port of the machine
 * that it is shown on, and, where its site's name is made to mean 127.0.0.1 (DNS rebinding), read the answers too. Of both a
 * browser says enough: the name that was asked for (`Host`, `:authority`), and the page that asks (`Origin`, and
 * `Sec-Fetch-Site` where a request has no `Origin`; https://www.w3.org/TR/fetch-metadata/).
 *
 * Programs are not affected: they call the server by a name of this machine, and send none of the other headers.
 */
export class RequestGuard {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #links: boolean;

  constructor({ allowedHosts = [], allowedOrigins = [], links = false }: RequestGuardOptions = {}) {
    this.#hosts = new Set([...CONTAINER_HOSTS, ...allowedHosts].map((host) => host.toLowerCase()));
    this.#origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
    this.#links = links;
  }

  /** Why a request is refused, to answer with status 403; `undefined` for one that may pass. */
  refusal(headers: IncomingHttpHeaders, method = "GET"): string | undefined {
    const authorities = [headers[":authority"], headers.host].filter((value) => value !== undefined);
    for (const authority of authorities) {
      if (!this.#isOwn(String(authority))) return `the host ${JSON.stringify(authority)} is not one of this server's`;
    }
    const { origin } = headers;
    if (origin !== undefined) {
      if (this.#maySend(origin, authorities.map(String))) return undefined;
      return `pages of ${JSON.stringify(origin)} may not call this server`;
    }
    const site = headers["sec-fetch-site"];
    if (site === undefined || site === "same-origin" || site === "none") return undefined;
    if (this.#origins.has("*") || (this.#links && isLink(headers, method))) return undefined;
    return "pages of other sites may not call this server";
  }

  #isOwn(authority: string): boolean {
    const host = hostOf(authority);
    return host !== undefined && (isLoopback(host) || this.#hosts.has(host) || this.#hosts.has("*"));
  }

  #maySend(origin: string, authorities: readonly string[]): boolean {
    if (this.#origins.has("*") || this.#origins.has(origin.toLowerCase())) return true;
    const [, authority] = /^https?:\/\/(.+)$/i.exec(origin) ?? [];
    return authority !== undefined && authorities.some((own) => own.toLowerCase() === authority.toLowerCase());
  }
}

/** Whether a browser asks for the page that it goes to, rather than for a part of the page that it shows. */
function isLink(headers: IncomingHttpHeaders, method: string): boolean {
  return method === "GET" && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}

/** The host of an authority in lower case; `undefined` if it is not one. */
function hostOf(authority: string): string | undefined {
  const [, host] = /^(\[[\da-f:.]+\]|[^\s:/?#@[\]]+)(?::\d*)?$/i.exec(authority) ?? [];
  return host?.toLowerCase();
}
