import { expect, test } from "vitest";
import { ollamaHostUrl } from "./ollama-host-url.js";

test.each([
  ["127.0.0.1", "http://127.0.0.1:11434"],
  ["0.0.0.0:1234", "http://127.0.0.1:1234"],
  [":1234", "http://127.0.0.1:1234"],
  ["[::]:1234", "http://[::1]:1234"],
  ["::", "http://[::1]:11434"],
  ["::1", "http://[::1]:11434"],
  ["fe80::1", "http://[fe80::1]:11434"],
  ["[::1]:99", "http://[::1]:99"],
  ["gpu:99", "http://gpu:99"],
  ["https://gpu.example/ollama/", "https://gpu.example/ollama"],
])("%s", (host, url) => {
  expect(ollamaHostUrl(host)).toBe(url);
});
