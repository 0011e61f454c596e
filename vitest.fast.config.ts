import { defineConfig } from "vitest/config";
import { APART } from "./test/apart.js";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...APART],
    environment: "node",
    testTimeout: 30_000,
    isolate: false,
    reporters: ["default", "./test/support/closing-line.ts"],
  },
});
