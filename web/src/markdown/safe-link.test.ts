import { expect, test } from "vitest";
import { safeImage, safeLink } from "./safe-link.js";

test.each([
  ["https://example.com/a b", "https://example.com/a%20b"],
  ["mailto:a@example.com", "mailto:a@example.com"],
  ["HTTP://EXAMPLE.com", "http://example.com/"],
])("%s may be followed", (href, safe) => expect(safeLink(href)).toBe(safe));

test.each([
  "javascript:alert(1)",
  " JaVaScRiPt:alert(1)",
  "java\nscript:alert(1)",
  "\u0001javascript:alert(1)",
  "vbscript:x",
  "data:text/html,<script>alert(1)</script>",
  "blob:https://example.com/x",
  "file:///etc/passwd",
  "//example.com/x",
  "/v1/runs",
  "#/dashboard",
  "",
])("%j may not", (href) => expect(safeLink(href)).toBe(undefined));

test("an image is shown where it is in the text, and of a kind that runs nothing", () => {
  expect(safeImage("data:image/png;base64,iVBORw0KGgo=")).toBeDefined();
  expect(safeImage("data:image/svg+xml;base64,PHN2Zz4=")).toBe(undefined);
  expect(safeImage("https://example.com/pixel.png?secret")).toBe(undefined);
});
