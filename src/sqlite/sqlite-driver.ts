/** What binds to a parameter of a statement. */
export type SqliteValue = string | number | null;

/** How a file is opened. */
export interface SqliteOpening {
  /** A path, `:memory:`, or with `uri` a `file:` URI. */
  path: string;
  readOnly: boolean;
  /** Whether `path` is a URI. */
  uri: boolean;
}

/** One connection to a SQLite file, whichever package makes it. Statements run one after the other, in order. */
export interface SqliteDriver {
  /** Runs statements that return nothing. */
  exec(sql: string): Promise<void>;
  /** Runs a statement; returns how many rows it changed. */
  run(sql: string, values: readonly SqliteValue[]): Promise<number>;
  /** All rows of a query. */
  all<Row>(sql: string, values: readonly SqliteValue[]): Promise<Row[]>;
  /** Closes the file and its descriptors. */
  close(): Promise<void>;
}

/** SQLite's result codes that mean that another connection has the file (https://www.sqlite.org/rescode.html). */
const BUSY = 5;
const LOCKED = 6;
const BUSY_NAMES: readonly unknown[] = ["SQLITE_BUSY", "SQLITE_LOCKED"];
/** And those that mean that it cannot be written, or not be opened for it. */
const READ_ONLY = 8;
const CANNOT_OPEN = 14;
const READ_ONLY_NAMES: readonly unknown[] = ["SQLITE_READONLY", "SQLITE_CANTOPEN"];

/** Whether another connection has the file, and trying again may help. */
export function isBusy(thrown: unknown): boolean {
  const code = resultCode(thrown);
  return code === BUSY || code === LOCKED || BUSY_NAMES.includes(nameOf(thrown));
}

/** Whether the file cannot be written. */
export function isReadOnly(thrown: unknown): boolean {
  const code = resultCode(thrown);
  return code === READ_ONLY || code === CANNOT_OPEN || READ_ONLY_NAMES.includes(nameOf(thrown));
}

/** The primary result code, where `node:sqlite` says it: the low byte. */
function resultCode(thrown: unknown): number | undefined {
  const code = property(thrown, "errcode");
  return typeof code === "number" ? code & 0xff : undefined;
}

function nameOf(thrown: unknown): unknown {
  return property(thrown, "code");
}

function property(thrown: unknown, name: string): unknown {
  return typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, name) : undefined;
}
