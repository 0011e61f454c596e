import type { Tool, ToolContext } from "../../src/tools/tool.js";
import { tool } from "../../src/tools/tool.js";
import { type Deferred, deferred } from "./deferred.js";

/** A tool, and its runs. */
export interface Workshop {
  work: Tool;
  /** Ids of the calls that ran, in order. */
  begun: string[];
  /** Resolves once the call runs. */
  job(callId: string): Promise<Deferred<unknown> & { context: ToolContext }>;
}

/** A tool whose runs end when the test says so, by call id. */
export function workshop(options: { concurrency?: number; timeoutMs?: number } = {}): Workshop {
  const jobs = new Map<string, Deferred<unknown> & { context: ToolContext }>();
  const begun: string[] = [];
  const watchers: (() => void)[] = [];
  const work = tool({
    name: "work",
    input: { type: "object" },
    ...options,
    run: (_, context) => {
      const job = { context, ...deferred<unknown>() };
      jobs.set(context.callId, job);
      begun.push(context.callId);
      for (const watcher of watchers.splice(0)) watcher();
      return job.promise;
    },
  });
  return {
    work,
    begun,
    job: async (callId: string) => {
      for (;;) {
        const job = jobs.get(callId);
        if (job !== undefined) return job;
        await new Promise<void>((resolve) => watchers.push(resolve));
      }
    },
  };
}
