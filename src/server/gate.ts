import type { IncomingHttpHeaders } from "node:http";
import { RequestGuard } from "../listeners/request-guard.js";
import { SluiceError } from "../stream/error.js";
import { hashOf } from "./protect/api-key.js";
import { type Caller, LOCAL } from "./protect/caller.js";
import type { ServerOptions } from "./server-options.js";

type GateOptions = Pick<ServerOptions, "token" | "keys" | "origins" | "allowedHosts">;

/** Who may come in: pages are kept out where no key is asked for, and everybody without a key where one is. */
export class Gate {
  /** Whether callers must have a key. */
  readonly asksForKey: boolean;
  readonly #guard: RequestGuard;
  /** Callers by the hashes of their keys. */
  readonly #callers = new Map<string, Caller>();
  readonly #origins: ReadonlySet<string>;

  constructor({ token, keys = [], origins = [], allowedHosts = [] }: GateOptions) {
    if (token !== undefined) this.#callers.set(hashOf(token), { name: "token" });
    for (const { name, hash, models } of keys) {
      this.#callers.set(hash, { name, ...(models !== undefined && { models: new Set(models) }) });
    }
    this.asksForKey = this.#callers.size > 0;
    this.#guard = new RequestGuard({ allowedHosts, allowedOrigins: origins });
    this.#origins = new Set(origins);
  }

  /**
   * Who asks.
   *
   * @throws {SluiceError} `permission` for a page that may not; `authentication` for an invalid key.
   */
  admit(headers: IncomingHttpHeaders, method: string, query: URLSearchParams): Caller {
    if (!this.asksForKey) {
      this.#keepPagesOut(headers, method);
      return LOCAL;
    }
    const key = keyIn(headers, query);
    if (key === undefined) throw new SluiceError("authentication", "this server asks for a key", { status: 401 });
    // Looked up by its hash, whose comparison tells nothing of the key.
    const caller = this.#callers.get(hashOf(key));
    if (caller !== undefined) return caller;
    throw new SluiceError("authentication", "the key is not one of this server's", { status: 401 });
  }

  /** @throws {SluiceError} `permission` for a page that may not call. */
  checkOpen(headers: IncomingHttpHeaders, method: string): void {
    if (!this.asksForKey) this.#keepPagesOut(headers, method);
  }

  /** The headers for a browser about a page that may call; `undefined` if there is none, or it may not. */
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

const EXPOSED =
  "x-request-id, x-sluice-run, x-sluice-route, x-vercel-ai-ui-message-stream, mcp-session-id, retry-after";

/** The key of a request, wherever its protocol puts it: OpenAI's and Dapr's, Anthropic's, Google's, Azure's. */
function keyIn(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
  const [, bearer] = /^bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  const named = [headers["x-api-key"], headers["x-goog-api-key"], headers["api-key"], headers["dapr-api-token"]];
  const found = [bearer, ...named, query.get("key") ?? undefined].find((value) => value !== undefined && value !== "");
  return typeof found === "string" ? found : undefined;
}
