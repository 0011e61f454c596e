import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echo } from "../../src/models/echo.js";
import type { Serving } from "../server/serve.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";

describe.skipIf(NO_BROWSER !== undefined)("the shell", () => {
  let browser: TestBrowser;
  let serving: Serving;
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp({ models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) } });
  });
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

  test("files are kept for ever under names that change, compressed beforehand; the page is asked for each time", async () => {
    const page = await fetch(serving.url, { headers: { "accept-encoding": "gzip" } });
    expect(page.headers.get("cache-control")).toBe("no-cache");
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
    const [, script = ""] = /src="\.\/(assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
    for (const encoding of ["br", "gzip"]) {
      const { status, headers } = await fetch(`${serving.url}/${script}`, { headers: { "accept-encoding": encoding } });
      expect([status, headers.get("content-encoding")]).toEqual([200, encoding]);
      expect(headers.get("cache-control")).toContain("immutable");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
    const plain = await fetch(`${serving.url}/${script}`, { headers: { "accept-encoding": "br;q=0, identity" } });
    expect(plain.headers.get("content-encoding")).toBe(null);
    expect((await fetch(`${serving.url}/assets/..%2f..%2fpackage.json`)).status).toBe(404);
    expect((await fetch(`${serving.url}/assets/none.js`)).status).toBe(404);
  });

  test("a server that asks for a key asks the user, and the page goes on with it", async () => {
    const locked = await serveApp({ models: { echo: echo() }, token: "open-sesame" });
    const { page, close } = await browser.page(locked.url);
    const dialog = page.getByRole("dialog", { name: "Key" });
    await dialog.getByLabel("Key").fill("open-sesame");
    await dialog.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Model: echo" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Model: echo" }).waitFor();
    await close();
    await locked.close();
  });
});
