import type { Task } from "@a2a-js/sdk";
import { systemClock, wait } from "../../base/clock.js";
import { GuardedFetch, type GuardedHosts } from "../../models/http/guarded-fetch.js";
import { DEFAULT_RETRY, retryDelay } from "../../models/http/retry.js";
import { either, exactly, filledString, flag, list } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { ServerCore } from "../server-core.js";
import { taskIdOf, turnsOf } from "../tasks/task-turns.js";
import { type PushTarget, pushTargets } from "./push-targets.js";
import { keptSnapshot } from "./task-snapshot.js";

/** Which addresses tasks of A2A are posted to. */
export type PushNotificationOptions = GuardedHosts;

/** The options, checked. */
export const checkPushNotifications = exactly("pushNotifications", {
  allowPrivate: either("true, or hosts", flag, list("an array of hosts", filledString)),
  hosts: list("an array of hosts", filledString),
});

/** How long an address may take to answer, in ms. */
const PATIENCE_MS = 10_000;

/** Tells clients of A2A, at addresses of theirs, when a task has ended or waits for input. */
export class PushNotifications {
  /** What reaches their addresses. */
  readonly guarded: GuardedFetch;
  readonly #onSent: (outcome: "delivered" | "failed") => void;

  /** @param onSent counts what became of each notification. Must not throw. */
  constructor(options: PushNotificationOptions, onSent: (outcome: "delivered" | "failed") => void) {
    this.guarded = new GuardedFetch(options, "url");
    this.#onSent = onSent;
  }

  /**
   * A run has ended: if it is a turn of a task, its addresses are posted the state of the task.
   *
   * @throws {SluiceError} where that cannot be read. An address that cannot be reached is counted, and is no error.
   */
  async notify(core: ServerCore, run: string): Promise<void> {
    const { meta } = (await core.log.find(run)) ?? {};
    const taskId = meta && taskIdOf(meta);
    if (taskId === undefined) return;
    const first = await core.log.find(taskId);
    const targets = first === undefined ? [] : pushTargets(first);
    if (targets.length === 0) return;
    const task = await keptSnapshot(core, await turnsOf(core, { name: meta?.owner ?? "" }, taskId));
    if (task !== undefined) await Promise.all(targets.map((target) => this.#deliver(target, task)));
  }

  async #deliver(target: PushTarget, task: Task): Promise<void> {
    const update = await serialized(target.version, task);
    for (let failed = 1; ; failed++) {
      try {
        await this.#post(target.config, update);
        this.#onSent("delivered");
        return;
      } catch (thrown) {
        const delay = retryDelay(SluiceError.from(thrown), failed, DEFAULT_RETRY, Math.random);
        if (delay === undefined) {
          this.#onSent("failed");
          return;
        }
        await wait(delay, systemClock);
      }
    }
  }

  /** @throws {SluiceError} where it did not arrive. */
  async #post(config: PushTarget["config"], { body, contentType }: Update): Promise<void> {
    const { token, authentication } = config;
    const headers = {
      "content-type": contentType,
      ...(authentication && { authorization: `${authentication.scheme} ${authentication.credentials}`.trim() }),
      ...(token !== "" && { "x-a2a-notification-token": token }),
    };
    const init = { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE_MS) };
    const settings = { followRedirects: false, verifyTls: true };
    const { response, close } = await this.guarded.request(new URL(config.url), init, settings);
    try {
      if (response.ok) return;
      const { status } = response;
      const retryable = status === 429 || status >= 500;
      throw new SluiceError("provider-error", `${config.url} answered ${status}`, { status, retryable });
    } finally {
      await response.body?.cancel().catch(() => {});
      void close();
    }
  }
}

/** What is posted. */
interface Update {
  body: string;
  contentType: string;
}

/** A task as version 1.0 posts it (a `StreamResponse`), or as 0.3 does. */
async function serialized(version: PushTarget["version"], task: Task): Promise<Update> {
  const update = { payload: { $case: "task" as const, value: task } };
  if (version === "0.3") {
    const { V03PushNotificationSerializer } = await loadPeer("@a2a-js/sdk/compat/v0_3/server", "A2A");
    return new V03PushNotificationSerializer().serialize(update);
  }
  const { V1PushNotificationSerializer } = await loadPeer("@a2a-js/sdk/server", "A2A");
  return new V1PushNotificationSerializer().serialize(update);
}
