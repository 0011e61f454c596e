/**
 * The next message of a child process. Rejects at once where the process ends, or has ended, before it sent one: what it said of why is
 * on stderr.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<unknown>}
 */
export function nextMessage(child) {
  return new Promise((resolve, reject) => {
    /** @param {unknown} message */
    const sent = (message) => {
      leave();
      resolve(message);
    };
    const ended = () => failed(new Error(`the process ended with ${child.signalCode ?? `code ${child.exitCode}`}`));
    /** @param {Error} error */
    const failed = (error) => {
      leave();
      reject(error);
    };
    const leave = () => child.off("message", sent).off("exit", ended).off("error", failed);
    if (child.exitCode !== null || child.signalCode !== null) return ended();
    child.on("message", sent).on("exit", ended).on("error", failed);
  });
}
