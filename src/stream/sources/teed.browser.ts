import type { BatchSource } from "../batch-source.js";
import { loadedCode } from "../loaded-code.js";
import { opened } from "./opened.js";

/** The same, whose code is loaded when one of them is read. */
export function teed(source: BatchSource, bound: number): [BatchSource, BatchSource] {
  const sides = loadedCode("tee()", async () => (await import("./teed.js")).teed(source, bound));
  const side = (index: 0 | 1) =>
    opened(
      async () => (await sides())[index],
      (reason) => {
        const leave = (left: BatchSource) => left.cancel(reason);
        sides().then(
          (both) => leave(both[index]),
          () => leave(source),
        );
      },
    );
  return [side(0), side(1)];
}
