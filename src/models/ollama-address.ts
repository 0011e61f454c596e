import type { Environment } from "./provider.js";
import { firstSet } from "./provider-environment.js";

/** Where Ollama listens unless told otherwise. */
const DEFAULT = "http://127.0.0.1:11434";
const PORT = "11434";

/** The URL that `OLLAMA_HOST` means: it may lack scheme and port, and `0.0.0.0` is reached at loopback. */
export function ollamaHostUrl(host: string): string {
  const full = host.includes("://") ? host : `http://${host}`;
  if (!URL.canParse(full)) return full;
  const url = new URL(full);
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.port === "" && !host.includes("://")) url.port = PORT;
  return url.href.replace(/\/+$/, "");
}

/** Ollama's address: `OLLAMA_URL`, `OLLAMA_HOST`, or its default. Without a slash at its end. */
export function ollamaAddress(env: Environment): string {
  const url = firstSet(["OLLAMA_URL"], env)?.value;
  if (url !== undefined) return url.replace(/\/+$/, "");
  const host = firstSet(["OLLAMA_HOST"], env)?.value;
  return host === undefined ? DEFAULT : ollamaHostUrl(host);
}
