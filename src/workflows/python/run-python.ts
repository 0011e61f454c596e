import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import type { PythonOptions } from "../services.js";

/** What is called: a function of a module, or one that the code defines. */
export type PythonCall = { module: string; name: string } | { code: string; name?: string };

/** The most characters of a result, and of what the function prints, that are read. */
const LONGEST = 20_000_000;
const USUAL_TIMEOUT_MS = 60_000;

/**
 * Reads the call from stdin and writes the result to file descriptor 3, so that what the function prints is not part of it.
 * Not a sandbox: the code may do whatever this user may do.
 */
const RUNNER = `
import sys, json, os, importlib, asyncio, inspect
call = json.load(sys.stdin)
def invoke(function, given):
    # What takes no names (len, round) takes the same values in their order.
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        parameters = []
    if any(p.kind is p.POSITIONAL_ONLY for p in parameters):
        return function(*given.values())
    return function(**given)
out = os.fdopen(3, "w", encoding="utf-8")
sys.path[:0] = call["path"]
try:
    if call.get("code") is not None:
        scope = {"__name__": "workflow_function"}
        before = set(scope)
        exec(compile(call["code"], "<workflow>", "exec"), scope)
        names = [n for n, v in scope.items() if n not in before and inspect.isfunction(v) and v.__module__ == "workflow_function"]
        name = call.get("name") or ("main" if "main" in names else (names[0] if len(names) == 1 else (names[-1] if names else None)))
        if name is None or name not in scope:
            result = scope.get("result")
            if "result" not in scope:
                raise NameError("the code defines no function" if name is None else "the code does not define " + name)
        else:
            result = invoke(scope[name], call["arguments"])
    else:
        result = invoke(getattr(importlib.import_module(call["module"]), call["name"]), call["arguments"])
    if inspect.iscoroutine(result):
        result = asyncio.run(result)
    text = json.dumps({"result": result}, default=lambda v: v.__dict__ if hasattr(v, "__dict__") else str(v), allow_nan=False)
    out.write(text)
except BaseException as error:
    import traceback
    out.write(json.dumps({"error": type(error).__name__ + ": " + str(error), "traceback": traceback.format_exc()}))
out.close()
`;

/**
 * Calls a Python function in a process of its own, without a shell and with an environment that has no secrets.
 *
 * @throws {SluiceError} `tool-failed` for what the function raises; `unsupported` where there is no Python;
 *   `total-timeout`.
 */
export async function runPython(
  call: PythonCall,
  argument: JsonObject,
  options: PythonOptions,
  signal: AbortSignal,
): Promise<JsonValue> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-python-"));
  try {
    const text = await runProcess({ ...call, arguments: argument, path: options.path ?? [] }, options, folder, signal);
    const { result = null, error, traceback = error } = answerIn(text);
    if (typeof error !== "string") return result;
    throw new SluiceError("tool-failed", error, { providerMessage: String(traceback) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the process wrote. The function that it calls can write there as well. */
function answerIn(text: string): JsonObject {
  try {
    const answer = parseJson(text);
    if (isJsonObject(answer)) return answer;
  } catch {
    // As any other text that is no answer.
  }
  throw new SluiceError("tool-failed", "the Python function wrote to where its result is returned");
}

function runProcess(call: object, options: PythonOptions, folder: string, signal: AbortSignal): Promise<string> {
  const { command = "python3", timeoutMs = USUAL_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, ["-I", "-c", RUNNER], {
      cwd: folder,
      env: { PATH: process.env.PATH, LANG: process.env.LANG, HOME: folder, PYTHONIOENCODING: "utf-8" },
      stdio: ["pipe", "ignore", "pipe", "pipe"],
      shell: false,
    });
    let out = "";
    let output = "";
    const stop = (error: unknown) => {
      child.kill("SIGKILL");
      reject(error);
    };
    const late = setTimeout(
      () => stop(new SluiceError("total-timeout", `the Python function ran for more than ${timeoutMs} ms`)),
      timeoutMs,
    );
    const onAbort = () => stop(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    child.stdio[3]?.on("data", (data: Buffer) => {
      out += data.toString("utf8");
      if (out.length > LONGEST)
        stop(new SluiceError("tool-failed", `the Python function returned more than ${LONGEST} characters`));
    });
    child.stderr?.on("data", (data: Buffer) => {
      output = (output + data.toString("utf8")).slice(-2_000);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      const message = missing
        ? `there is no ${command}: install Python, or name it with python.command`
        : messageOf(error);
      stop(new SluiceError(missing ? "unsupported" : "tool-failed", message, { cause: error }));
    });
    child.on("close", (code) => {
      clearTimeout(late);
      signal.removeEventListener("abort", onAbort);
      if (out !== "") resolve(out);
      else reject(new SluiceError("tool-failed", `Python ended with ${code}: ${output.trim() || "no output"}`));
    });
    // A function that ends early does not read all of its input.
    child.stdin?.on("error", () => {});
    child.stdin?.end(JSON.stringify(call));
  });
}
