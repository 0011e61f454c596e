import { join } from "node:path";
import type { Environment } from "../models/provider.js";
import { pattern } from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import type { ConversationStore } from "./conversation-store.js";

/** What names a store. */
const WHERE = pattern("a path or a URL", /./s);

/** The name of the file in a folder of conversations. */
const FILE = "conversations.db";

/** Opens a store of somebody else's kind. @param url as it was given. */
export type OpenStore = (url: string) => ConversationStore | Promise<ConversationStore>;

/** The schemes that are known here. */
const BUILT_IN: readonly string[] = ["file", "postgres", "postgresql", "redis", "rediss"];
const registered = new Map<string, OpenStore>();

/**
 * Makes a kind of store known by the scheme of its URLs, wherever the place of a store is given as a text: `store` of a
 * conversation, `SLUICE_DATA`, the command line. Registered again, the new one counts.
 *
 * @param scheme what stands before `://`, for example `mongodb`.
 * @throws {SluiceError} `invalid-argument` for what is not a scheme, or one of the stores that are built in.
 * @example
 * ```ts
 * import { MemoryStore, registerStore } from "sluice/chat";
 *
 * registerStore("mongodb", () => new MemoryStore());
 * ```
 */
export function registerStore(scheme: string, open: OpenStore): void {
  const name = typeof scheme === "string" ? scheme.toLowerCase() : "";
  if (!/^[a-z][a-z0-9+.-]+$/.test(name)) throw invalid("scheme", scheme, "letters, digits and + . - behind a letter");
  if (BUILT_IN.includes(name)) throw invalid("scheme", scheme, `another one than ${BUILT_IN.join(", ")}`);
  if (typeof open !== "function") throw invalid("open", open, "a function of the URL");
  registered.set(name, open);
}

/**
 * Opens the store that a text names: `postgres://…` or `postgresql://…`, `redis://…` or `rediss://…`, or the path of a
 * SQLite file (also as `file:` URL; in a folder it is `conversations.db`; `:memory:` is one that goes with the process), or the URL of a
 * kind of store that `registerStore` was given.
 *
 * @throws {SluiceError} `invalid-argument` for another kind of address; `unsupported` when the package that a server's
 *   store needs is not installed; `store-failed` when the file or server cannot be opened.
 * @example
 * ```ts
 * import { Conversation } from "sluice";
 * import { openStore } from "sluice/chat";
 *
 * const store = await openStore("postgres://localhost/chats");
 * const talk = new Conversation({ model: "openai/gpt-5-mini", contextId: "anna", store });
 * ```
 */
export async function openStore(where: string): Promise<ConversationStore> {
  WHERE(where, "store");
  const scheme = /^([a-z][a-z0-9+.-]+):(?=\/)/i.exec(where)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return openFile(where);
    case "file":
      return openFile((await import("node:url")).fileURLToPath(where));
    case "postgres":
    case "postgresql":
      return (await import("./stores/postgres-store.js")).PostgresStore.open(where);
    case "redis":
    case "rediss":
      return (await import("./stores/redis-store.js")).RedisStore.open(where);
    default:
      return openRegistered(scheme, where);
  }
}

/**
 * Where conversations are kept unless somebody says otherwise: `SLUICE_DATA`, if it is set. It names a folder, in which
 * the file is `conversations.db`, or a server: `postgres://…` or `redis://…`.
 */
export function defaultStoreLocation({ SLUICE_DATA: where }: Environment): string | undefined {
  if (!where) return undefined;
  return where.includes("://") ? where : join(where, FILE);
}

async function openRegistered(scheme: string, where: string): Promise<ConversationStore> {
  const open = registered.get(scheme);
  if (open !== undefined) return open(where);
  const own = Array.from(registered.keys(), (known) => `, ${known}://…`).join("");
  throw invalid("store", `${scheme}:…`, `a path of a file, postgres://… or redis://…${own}`);
}

async function openFile(path: string): Promise<ConversationStore> {
  const { SqliteStore } = await import("./stores/sqlite-store.js");
  return SqliteStore.open((await isFolder(path)) ? join(path, FILE) : path);
}

async function isFolder(path: string): Promise<boolean> {
  if (path.endsWith("/")) return true;
  const { stat } = await import("node:fs/promises");
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
