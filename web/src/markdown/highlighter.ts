import type { CodeRuns } from "./code-runs.js";
import type { HighlightAnswer, HighlightAsk } from "./highlight.worker.js";
import workerUrl from "./highlight.worker.js?worker&url";

/** A code that is longer stays without colours, in UTF-16 code units. */
const LONGEST = 120_000;

/** The page's policy lets no text become the address of a script: this one address may. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let worker: Worker | undefined;
let count = 0;
const waiting = new Map<number, (runs: CodeRuns) => void>();

function started(): Worker {
  if (worker !== undefined) return worker;
  const types: TrustedTypes | undefined = Reflect.get(globalThis, "trustedTypes");
  const policy = types?.createPolicy("sluice-worker", { createScriptURL: () => workerUrl });
  worker = new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<HighlightAnswer>) => {
    waiting.get(data.id)?.(data.runs);
    waiting.delete(data.id);
  });
  return worker;
}

/** The pieces of a code with their kinds, made in a worker; none where its language is not known, or it is too long. */
export function highlight(text: string, language: string): Promise<CodeRuns> {
  if (language === "" || text.length > LONGEST) return Promise.resolve([]);
  const ask: HighlightAsk = { id: ++count, language, text };
  return new Promise((resolve) => {
    waiting.set(ask.id, resolve);
    started().postMessage(ask);
  });
}
