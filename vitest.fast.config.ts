import { defineConfig } from "vitest/config";
import { APART } from "./test/apart.js";
import { LIMITS } from "./test/limits.js";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...APART],
    environment: "node",
    ...LIMITS,
    isolate: false,
    reporters: ["default", "./test/support/closing-line.ts"],
  },
});
