import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "sluice/chat";
import { cpuClock } from "./cpu-clock.mjs";

/** Messages of the long conversation before anything is measured. */
const LONG = 10_000;
/** Turns of each conversation at a time; a short one is then given up for a new one. */
const BATCH = 50;

/**
 * What keeping a turn costs, in a file: a question and its answer, appended to conversations that have just begun and to
 * one that is long. Both take turns, so that what slows the machine slows both.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(_client, { warmUpMs, ms }) {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const store = await SqliteStore.open(join(folder, "conversations.db"));
  const long = new Writer(store, "long");
  await long.append(LONG);
  await keepFor(store, long, warmUpMs);
  const { turns, shortUs, longUs } = await keepFor(store, long, ms);
  await store.close();
  await rm(folder, { recursive: true });
  return { appendCpuUs: shortUs / turns, appendLongTimes: longUs / shortUs };
}

/**
 * @param {SqliteStore} store
 * @param {Writer} long
 * @param {number} ms
 */
async function keepFor(store, long, ms) {
  const end = performance.now() + ms;
  let turns = 0;
  let shortUs = 0;
  let longUs = 0;
  while (performance.now() < end) {
    shortUs += await keep(new Writer(store, crypto.randomUUID()));
    longUs += await keep(long);
    turns += BATCH;
  }
  return { turns, shortUs, longUs };
}

/** Keeps a batch of turns; returns their CPU time in µs. @param {Writer} writer */
async function keep(writer) {
  const clock = cpuClock();
  for (let turn = 0; turn < BATCH; turn++) await writer.append(2);
  return clock().cpuUs;
}

/** Appends to one conversation. */
class Writer {
  #store;
  #id;
  #version = 0;
  /** @type {string | null} */
  #head = null;
  #count = 0;

  /**
   * @param {SqliteStore} store
   * @param {string} id
   */
  constructor(store, id) {
    this.#store = store;
    this.#id = id;
  }

  /** @param {number} count of messages, questions and answers by turns. */
  async append(count) {
    const messages = Array.from({ length: count }, () => this.#message());
    this.#version = await this.#store.append(this.#id, {
      expectedVersion: this.#version,
      messages,
      head: this.#head,
    });
  }

  /** @returns {import("sluice/chat").StoredMessage} */
  #message() {
    const parentId = this.#head;
    const id = `message-${this.#count}`;
    const role = this.#count++ % 2 === 0 ? "user" : "assistant";
    this.#head = id;
    const message = { role, content: "A sluice lets a stream through at the pace the other side can take. ".repeat(8) };
    return { id, parentId, message, createdAt: "2026-01-01T00:00:00.000Z", status: "complete" };
  }
}
