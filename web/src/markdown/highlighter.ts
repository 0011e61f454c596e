import { startWorker } from "../api/start-worker.js";
import type { CodeRuns } from "./code-runs.js";
import type { HighlightAnswer, HighlightAsk } from "./highlight.worker.js";
import workerUrl from "./highlight.worker.js?worker&url";

/** A code that is longer stays without colours, in UTF-16 code units. */
const LONGEST = 120_000;

let worker: Worker | undefined;
let count = 0;
const waiting = new Map<number, (runs: CodeRuns) => void>();

function started(): Worker {
  if (worker !== undefined) return worker;
  worker = startWorker(workerUrl);
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
