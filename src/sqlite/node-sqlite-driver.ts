import type { SqliteDriver, SqliteOpening, SqliteValue } from "./sqlite-driver.js";

/** What is used of `node:sqlite`, which the types of the oldest supported Node do not know. */
interface NodeSqlite {
  DatabaseSync: new (path: string, options: { readOnly: boolean }) => Connection;
}

interface Connection {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  run(...values: SqliteValue[]): { changes: number | bigint };
  all(...values: SqliteValue[]): unknown[];
}

/** `node:sqlite`, where this Node has it without a flag (22.13 and later). */
export function nodeSqlite(): ((opening: SqliteOpening) => SqliteDriver) | undefined {
  const sqlite = loadQuietly();
  return sqlite && ((opening) => new NodeSqliteDriver(new sqlite.DatabaseSync(opening.path, opening)));
}

/** Loads it without the warning that its interface may change, which would be printed into the terminal of every chat. */
function loadQuietly(): NodeSqlite | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const load: unknown = Reflect.get(process, "getBuiltinModule");
    return typeof load === "function" ? load("node:sqlite") : undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

class NodeSqliteDriver implements SqliteDriver {
  readonly #connection: Connection;
  /** Statements by their text: each is compiled once. They end with the connection. */
  readonly #statements = new Map<string, Statement>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async exec(sql: string): Promise<void> {
    this.#connection.exec(sql);
  }

  async run(sql: string, values: readonly SqliteValue[]): Promise<number> {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  async all<Row>(sql: string, values: readonly SqliteValue[]): Promise<Row[]> {
    return this.#prepared(sql).all(...values) as Row[];
  }

  async close(): Promise<void> {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepared(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
