import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { APART } from "./test/apart.js";
import { LIMITS } from "./test/limits.js";

const common = { environment: "node", ...LIMITS } as const;

export default defineConfig({
  test: {
    // Many tests wait for a process, a browser or a server: meanwhile another file has the core.
    maxWorkers: availableParallelism() + 1,
    reporters: ["default", "./test/support/closing-line.ts"],
    projects: [
      // Files share what they have imported: none of these tests changes anything that another one sees.
      {
        test: {
          ...common,
          name: "shared",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...APART],
          isolate: false,
        },
      },
      { test: { ...common, name: "apart", include: [...APART] } },
    ],
  },
});
