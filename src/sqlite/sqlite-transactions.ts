import { systemClock, wait } from "../base/clock.js";
import { SluiceError } from "../stream/error.js";
import { fileInPlace } from "./file-in-place.js";
import { isBusy, type SqliteDriver } from "./sqlite-driver.js";

/** How a transaction begins: for reading, or for writing. */
export type TransactionKind = "BEGIN" | "BEGIN IMMEDIATE";

/** How long others may write before a transaction gives up, in ms. */
const PATIENCE_MS = 5_000;
/** How long SQLite itself waits for them, in ms: with `node:sqlite`, nothing else runs in this process meanwhile. */
export const BLOCKED_MS = 5;
/** The longest pause before the file is tried again, in ms; each is a random part of it, so that two do not wait in step. */
const PAUSE_MS = 20;

/** The transactions of one connection: it has one at a time, and each is done as a whole or not at all. */
export class SqliteTransactions {
  readonly #driver: SqliteDriver;
  /** The transaction that runs, or the last one. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #path: string;
  readonly #inPlace: () => boolean;

  /** @param path of the file that the driver has opened, or `:memory:`. */
  constructor(driver: SqliteDriver, path: string) {
    this.#driver = driver;
    this.#path = path;
    this.#inPlace = fileInPlace(path);
  }

  /** Runs something in a transaction, when all before it has ended and as soon as nobody else writes. */
  run<T>(kind: TransactionKind, run: (driver: SqliteDriver) => Promise<T>): Promise<T> {
    return this.alone((driver) => inTransaction(driver, kind, run));
  }

  /**
   * Runs something that needs no transaction of its own, such as a single statement, in its turn.
   *
   * @throws {SluiceError} `store-failed` when the file is not at its path any more.
   */
  alone<T>(run: (driver: SqliteDriver) => Promise<T>): Promise<T> {
    const next = () => patiently(() => this.#run(run));
    const result = this.#last.then(next, next);
    this.#last = result.catch(() => {});
    return result;
  }

  #run<T>(run: (driver: SqliteDriver) => Promise<T>): Promise<T> {
    if (!this.#inPlace()) {
      throw new SluiceError("store-failed", `the file ${this.#path} was removed or replaced while it was open`);
    }
    return run(this.#driver);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

/** Runs something as a whole or not at all. */
export async function inTransaction<T>(
  driver: SqliteDriver,
  kind: TransactionKind,
  run: (driver: SqliteDriver) => Promise<T>,
): Promise<T> {
  await driver.exec(kind);
  try {
    const result = await run(driver);
    await driver.exec("COMMIT");
    return result;
  } catch (thrown) {
    // Some failures have ended the transaction already.
    await driver.exec("ROLLBACK").catch(() => {});
    throw thrown;
  }
}

/** Tries again while another writes to the file, without keeping this process from its other work. */
export async function patiently<T>(run: () => Promise<T>): Promise<T> {
  const until = systemClock.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await run();
    } catch (thrown) {
      if (!isBusy(thrown) || systemClock.now() >= until) throw thrown;
      await wait(Math.random() * PAUSE_MS, systemClock);
    }
  }
}
