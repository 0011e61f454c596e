import { parseJson } from "../../base/json.js";
import { type Check, exactly, filledString, milliseconds, wholeNumber } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { checkApproval, type Tool, type ToolApproval, tool } from "../../tools/tool.js";
import { runInSandbox } from "./run-in-sandbox.js";

/** Settings of `codeTool`. */
export interface CodeToolOptions {
  /** Default `run_code`. */
  name?: string;
  /** Most ms that the code may run. Default 2,000. */
  timeoutMs?: number;
  /** Most bytes that the code may hold, at least 1 MiB. Default 32 MiB. */
  memoryBytes?: number;
  /** Most characters of the result as JSON, and of what is logged. Default 20,000. */
  maxChars?: number;
  /** Whether a person has to allow a run, or what decides of each, as `tool()` has it. Default false: the code reaches nothing. */
  approval?: ToolApproval;
}

const checkOptions = exactly("codeTool", {
  name: filledString,
  timeoutMs: milliseconds,
  memoryBytes: wholeNumber(1_048_576),
  maxChars: wholeNumber(100),
  approval: checkApproval,
} satisfies Record<keyof CodeToolOptions, Check>);

/**
 * A tool with which a model runs JavaScript: to calculate, to sort and count, to check what it thinks. The code runs in QuickJS
 * (WebAssembly) in a thread of its own, with limits of time and memory; it has the language and `console.log`, and no files, network,
 * timers or modules. Each run begins anew. Needs the package `quickjs-emscripten`.
 *
 * @throws {SluiceError} `invalid-argument`. A run fails with `unsupported` without the package.
 * @example
 * ```ts
 * import { Agent, codeTool } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", tools: [codeTool({ timeoutMs: 500 })] });
 * console.log(await agent.chat("How many primes are there below 10,000?"));
 * ```
 */
export function codeTool(options: CodeToolOptions = {}): Tool {
  checkOptions(options, "");
  const {
    name = "run_code",
    timeoutMs = 2_000,
    memoryBytes = 33_554_432,
    maxChars = 20_000,
    approval = false,
  } = options;
  return tool({
    name,
    description:
      "Runs JavaScript and returns the value of its last expression as JSON, and what it logged. `input` is the value that you give. There are no files, no network, no timers and no modules. Each run begins anew.",
    input: {
      type: "object",
      properties: { code: { type: "string", minLength: 1, maxLength: 100_000 }, input: {} },
      required: ["code"],
      additionalProperties: false,
    },
    approval,
    run: async ({ code, input }, { signal }) => {
      const job = { code: String(code), input: JSON.stringify(input ?? null), timeoutMs, memoryBytes, maxChars };
      const { result, error, logs } = await runInSandbox(job, signal);
      const logged = logs === "" ? {} : { logs };
      if (error !== undefined) {
        throw new SluiceError("tool-failed", logs === "" ? error : `${error}\nlogged until then:\n${logs}`);
      }
      return { result: parseJson(result ?? "null"), ...logged };
    },
  }) as Tool;
}
