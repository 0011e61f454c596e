import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { RequestGuard } from "../listeners/request-guard.js";
import { SluiceError } from "../stream/error.js";
import { type Caller, LOCAL } from "./protect/caller.js";
import type { ServerOptions } from "./server-options.js";

/** Who may come in: pages are kept out where no key is asked for, and everybody without a key where one is. */
export class Gate {
  /** Whether callers must have a key. */
  readonly asksForKey: boolean;
  readonly #guard: RequestGuard;
  readonly #token: Buffer | undefined;
  readonly #origins: ReadonlySet<string>;

  constructor({ token, origins = [], allowedHosts = [] }: Pick<ServerOptions, "token" | "origins" | "allowedHosts">) {
    this.#token = token === undefined ? undefined : digest(token);
    this.asksForKey = token !== undefined;
    this.#guard = new RequestGuard({ allowedHosts, allowedOrigins: origins });
    this.#origins = new Set(origins);
  }

  /**
   * Who asks.
   *
   * @throws {SluiceError} `permission` for a page that may not; `authentication` for a key that is none.
   */
  admit(headers: IncomingHttpHeaders, method: string, query: URLSearchParams): Caller {
    if (this.#token === undefined) {
      this.#keepPagesOut(headers, method);
      return LOCAL;
    }
    const key = keyIn(headers, query);
    if (key === undefined) throw new SluiceError("authentication", "this server asks for a key", { status: 401 });
    if (timingSafeEqual(digest(key), this.#token)) return { name: "token" };
    throw new SluiceError("authentication", "the key is not one of this server's", { status: 401 });
  }

  /** @throws {SluiceError} `permission` for a page that may not call. */
  checkOpen(headers: IncomingHttpHeaders, method: string): void {
    if (!this.asksForKey) this.#keepPagesOut(headers, method);
  }

  /** What a browser is told about a page that may call; `undefined` where there is none, or it may not. */
  corsHeaders(origin: string | undefined): Record<string, string> | undefined {
    if (origin === undefined) return undefined;
    if (!this.#origins.has("*") && !this.#origins.has(origin)) return undefined;
    return { "access-control-allow-origin": origin, vary: "origin", "access-control-expose-headers": EXPOSED };
  }

  #keepPagesOut(headers: IncomingHttpHeaders, method: string): void {
    const refusal = this.#guard.refusal(headers, method);
    if (refusal !== undefined) throw new SluiceError("permission", refusal, { status: 403 });
  }
}

const EXPOSED = "x-request-id, x-sluice-run, x-sluice-route, x-vercel-ai-ui-message-stream, retry-after";

/** The key of a request, wherever its protocol puts it: OpenAI's and Dapr's, Anthropic's, Google's, Azure's. */
function keyIn(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
  const [, bearer] = /^bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  const named = [headers["x-api-key"], headers["x-goog-api-key"], headers["api-key"], headers["dapr-api-token"]];
  const found = [bearer, ...named, query.get("key") ?? undefined].find((value) => value !== undefined && value !== "");
  return typeof found === "string" ? found : undefined;
}

/** Digests of the same length, whatever is compared. */
function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
