/** What a worker is given. */
export interface SandboxJob {
  /** Where the package `quickjs-emscripten` is. */
  quickjs: string;
  code: string;
  /** The value that the code finds as `input`, as JSON. */
  input: string;
  timeoutMs: number;
  memoryBytes: number;
  /** Most characters of what is logged, and of the result as JSON. */
  maxChars: number;
}

/** What came of it: the value of the code's last expression as JSON, or why there is none, and what it logged. */
export interface SandboxOutcome {
  result?: string;
  error?: string;
  logs: string;
}

interface Handle {
  dispose(): void;
}

interface Runtime extends Handle {
  setMemoryLimit(bytes: number): void;
  setMaxStackSize(bytes: number): void;
  setInterruptHandler(handler: () => boolean): void;
  executePendingJobs(): unknown;
  newContext(): Sandbox;
}

interface Sandbox extends Handle {
  global: Handle;
  newFunction(name: string, run: (...values: Handle[]) => void): Handle;
  newString(text: string): Handle;
  setProp(target: Handle, name: string, value: Handle): void;
  dump(value: Handle): unknown;
  evalCode(code: string, file: string): { value: Handle; error?: undefined } | { error: Handle };
  getPromiseState(
    value: Handle,
  ): { type: "fulfilled"; value: Handle } | { type: "rejected"; error: Handle } | { type: "pending" };
}

/** The part of `quickjs-emscripten` that is used. */
export interface QuickJs {
  newRuntime(): Runtime;
}

/**
 * Runs code in QuickJS, which has the language's own objects and `console.log`, and nothing of the machine: no files, no network,
 * no timers, no modules. Complete in itself, since its text is what a worker runs.
 */
export function runSandboxed(quickjs: QuickJs, job: SandboxJob): SandboxOutcome {
  const until = Date.now() + job.timeoutMs;
  let logs = "";
  const log = (text: string) => {
    if (logs.length < job.maxChars) logs = `${logs}${text}\n`.slice(0, job.maxChars);
  };
  const messageOf = (thrown: unknown): string => {
    if (typeof thrown !== "object" || thrown === null) return String(thrown);
    const { name = "Error", message = "" } = thrown as { name?: unknown; message?: unknown };
    if (message === "interrupted") return `it took more than ${job.timeoutMs} ms`;
    return `${name}: ${message}`;
  };
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(job.memoryBytes);
  runtime.setMaxStackSize(256 * 1024);
  runtime.setInterruptHandler(() => Date.now() > until);
  const vm = runtime.newContext();
  const write = vm.newFunction("log", (...values) => {
    log(
      values
        .map((value) => vm.dump(value))
        .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
        .join(" "),
    );
  });
  vm.setProp(vm.global, "__log", write);
  vm.setProp(vm.global, "__input", vm.newString(job.input));
  const prelude =
    "globalThis.console = { log: __log, error: __log, warn: __log, info: __log }; globalThis.input = JSON.parse(__input); delete globalThis.__log; delete globalThis.__input;";
  const begun = vm.evalCode(prelude, "prelude.js");
  if (begun.error !== undefined) return { error: messageOf(vm.dump(begun.error)), logs };
  let answer = vm.evalCode(job.code, "code.js");
  if (answer.error === undefined) {
    runtime.executePendingJobs();
    const state = vm.getPromiseState(answer.value);
    if (state.type === "pending") {
      const why =
        Date.now() > until ? `it took more than ${job.timeoutMs} ms` : "it waits for something that never comes";
      return { error: why, logs };
    }
    answer = state.type === "rejected" ? { error: state.error } : { value: state.value };
  }
  if (answer.error !== undefined) return { error: messageOf(vm.dump(answer.error)), logs };
  const text = JSON.stringify(vm.dump(answer.value)) ?? "null";
  if (text.length > job.maxChars)
    return { error: `its result has ${text.length} characters; ${job.maxChars} are allowed`, logs };
  return { result: text, logs };
}
