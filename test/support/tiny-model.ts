import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../e2e/run.js";
import { type GgufSpec, writeGguf } from "./write-gguf.js";

/** Whether `node-llama-cpp` is there; says so where it is not. On CI a missing one is a failure, not a reason to skip. */
export function hasLlama(): boolean {
  if (existsSync(join(ROOT, "node_modules", "node-llama-cpp", "package.json"))) return true;
  const reason = "node-llama-cpp is not installed (npm run setup:llama)";
  if (process.env.CI) throw new Error(`${reason}, and on CI nothing is skipped`);
  process.stdout.write(`skipped: tests that run a model in process: ${reason}\n`);
  return false;
}

/** A folder for models that are written for a test. */
export class TinyModels {
  readonly folder = mkdtempSync(join(tmpdir(), "sluice-llama-"));

  /** Writes a model and returns its path. */
  write(name: string, spec?: GgufSpec): string {
    const file = join(this.folder, `${name}.gguf`);
    writeGguf(file, spec);
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
