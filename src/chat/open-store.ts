import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../models/provider.js";
import { invalid } from "../stream/error.js";
import type { ConversationStore } from "./conversation-store.js";
import { PostgresStore } from "./stores/postgres-store.js";
import { RedisStore } from "./stores/redis-store.js";
import { SqliteStore } from "./stores/sqlite-store.js";

/** The name of the file in a folder of conversations. */
const FILE = "conversations.db";

/**
 * Opens the store that a text names: `postgres://…` or `postgresql://…`, `redis://…` or `rediss://…`, or the path of a
 * SQLite file (also as `file:` URL; in a folder it is `conversations.db`; `:memory:` is one that goes with the process).
 *
 * @throws {SluiceError} `invalid-argument` for another kind of address; `unsupported` when the package that a server's
 *   store needs is not installed; `store-failed` when the file or server cannot be opened.
 */
export async function openStore(where: string): Promise<ConversationStore> {
  const scheme = /^([a-z][a-z0-9+.-]+):(?=\/)/i.exec(where)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      if (where === "") throw invalid("store", where, "a path or a URL");
      return SqliteStore.open(fileIn(where));
    case "file":
      return SqliteStore.open(fileIn(fileURLToPath(where)));
    case "postgres":
    case "postgresql":
      return PostgresStore.open(where);
    case "redis":
    case "rediss":
      return RedisStore.open(where);
    default:
      throw invalid("store", `${scheme}:…`, "a path of a file, postgres://… or redis://…");
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

function fileIn(path: string): string {
  const folder = path.endsWith("/") || (existsSync(path) && statSync(path).isDirectory());
  return folder ? join(path, FILE) : path;
}
