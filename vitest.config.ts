import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LIMITS } from "./test/limits.js";
import LongFirst from "./test/support/long-first.js";

export default defineConfig({
  test: {
    ...LIMITS,
    include: ["{src,test,web}/**/*.test.ts"],
    environment: "node",
    // Files share what they have imported: none of them changes anything that another one sees.
    isolate: false,
    // Many tests wait for a process, a browser or a server: meanwhile others have the core.
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: LongFirst },
    reporters: ["default", "./test/support/closing-line.ts"],
  },
});
