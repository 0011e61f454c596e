import type { BatchSource } from "../batch-source.js";
import { loadedCode } from "../loaded-code.js";
import type { Stage } from "../stage.js";
import { opened } from "./opened.js";

const code = loadedCode("stages", () => import("./staged.js"));

/** The same, whose code is loaded when it is read. */
export function staged(source: BatchSource, stage: Stage): BatchSource {
  return opened(
    async () => (await code()).staged(source, stage),
    (reason) => source.cancel(reason),
  );
}
