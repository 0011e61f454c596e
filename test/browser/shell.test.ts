import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echo } from "../../src/models/echo.js";
import type { Serving } from "../server/serve.js";
import { NO_BROWSER, STARTING_MS, serveApp, TestBrowser } from "./browser.js";

describe.skipIf(NO_BROWSER !== undefined)("the shell", () => {
  let browser: TestBrowser;
  let serving: Serving;
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp({ models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) } });
  }, STARTING_MS);
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  test("the page opens, says where one is, and nothing comes from another host", async () => {
    const { page, problems, close } = await browser.page(serving.url);
    await page.getByRole("link", { name: "Chat" }).waitFor();
    expect(await page.getByRole("link", { name: "Chat" }).getAttribute("aria-current")).toBe("page");
    expect(problems).toEqual([]);
    await close();
  });
});
