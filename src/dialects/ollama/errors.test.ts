import { describe, expect, test } from "vitest";
import { ollama, ollamaGenerate } from "./ollama.js";

describe("errors of Ollama", () => {
  test.each([
    [400, '"x" does not support tools', "rejected", false],
    [404, 'model "x" not found, try pulling it first', "not-found", false],
    [401, "unauthorized", "authentication", false],
    [503, "server busy, please try again. maximum pending requests exceeded", "overloaded", true],
    [500, "model requires more system memory", "provider-error", true],
  ])("%i %s is %s", (status, message, code, retryable) => {
    for (const dialect of [ollama, ollamaGenerate]) {
      const error = dialect.readError({ status, headers: {}, body: JSON.stringify({ error: message }) });
      expect(error).toMatchObject({ code, retryable, status, providerMessage: message });
      expect(dialect.writeError(error)).toMatchObject({ status, body: { error: message } });
    }
  });
});
