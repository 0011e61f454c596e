import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echo } from "../../src/models/echo.js";
import type { Serving } from "../server/serve.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";

/** What a first visit may load, in bytes after gzip. */
const FIRST_LOAD = 120 * 1_024;

describe.skipIf(NO_BROWSER !== undefined)("the app's weight", () => {
  let browser: TestBrowser;
  let serving: Serving;
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp({ models: { echo: echo() } });
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  test("a first visit loads at most 120 KiB", async () => {
    const { page, close } = await browser.page("about:blank");
    const sizes = new Map<string, Promise<number>>();
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname === "/" || pathname.startsWith("/assets/")) {
        sizes.set(
          pathname,
          response.body().then((body) => gzipSync(body).length),
        );
      }
    });
    await page.goto(serving.url);
    await page.locator("#composer").waitFor();
    await page.waitForLoadState("networkidle");
    const all = await Promise.all(sizes.values());
    expect(all.length).toBeGreaterThan(3);
    const total = all.reduce((sum, size) => sum + size, 0);
    process.stdout.write(`a first visit loads ${(total / 1_024).toFixed(1)} KiB after gzip\n`);
    expect(total).toBeGreaterThan(30_000);
    expect(total).toBeLessThan(FIRST_LOAD);
    await close();
  });
});
