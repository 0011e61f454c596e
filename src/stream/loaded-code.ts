import { SluiceError } from "./error.js";

/**
 * What a module that is loaded when it is needed gives: loaded once, and again where that failed, since a page that was
 * offline for a moment may try again.
 *
 * @param name what the code is for; the error says it.
 * @returns rejects with `connect-failed`, which may be retried.
 */
export function loadedCode<T>(name: string, load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      throw new SluiceError("connect-failed", `the code for ${name} cannot be loaded`, { cause, retryable: true });
    });
    return loading;
  };
}
