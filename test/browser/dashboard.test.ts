import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Serving } from "../server/serve.js";
import { freePort } from "../support/free-port.js";
import { violations } from "./accessibility.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { pagesWorld } from "./pages-world.js";

describe.skipIf(NO_BROWSER !== undefined)("the dashboard", () => {
  let browser: TestBrowser;
  let serving: Serving;
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp({ ...(await pagesWorld()), monitoring: { sidecar: "http://127.0.0.1:9" } });
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  const ask = async (model: string, url = serving.url) => {
    const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "private words" }] });
    const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body });
    return response.text();
  };

  test("is quiet where nothing was asked, and shows what is as it goes on, over one connection", async () => {
    const { page, problems, close } = await browser.page(`${serving.url}/#/dashboard`);
    let connections = 0;
    page.on("request", (request) => {
      if (request.url().includes("/v1/monitoring")) connections++;
    });
    await page.getByRole("heading", { name: "Nothing has been asked yet" }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("It cannot be read").waitFor();
    expect(await violations(page)).toEqual([]);
    await Promise.all([ask("gpt-5-mini"), ask("llama"), ask("mistral-small"), ask("chat")]);
    await page.getByRole("img", { name: /Tokens a second in the last five minutes/ }).waitFor();
    // Each chart has drawn something.
    await page.locator(".plot canvas").nth(3).waitFor();
    const model = page.getByRole("row", { name: /^gpt-5-mini/ });
    await expect.poll(() => model.innerText()).toMatch(/gpt-5-mini\s+1\s+0\s+18\s+\d+\s+\$/);
    await page.getByRole("row", { name: /^overloaded/ }).waitFor();
    await page.getByRole("row", { name: /mistral\/mistral-small closed/ }).waitFor();
    expect(connections).toBeLessThanOrEqual(1);
    expect(problems).toEqual([]);
    await close();
  });

  test("a run that failed opens with its code, its ids and what happened when, by keys alone", async () => {
    await ask("mistral-small");
    const { page, close } = await browser.page(`${serving.url}/#/dashboard`);
    await page.getByRole("button", { name: /^Failed/ }).click();
    await page.locator(".run-row").first().focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "A run" });
    await dialog.getByText("overloaded").waitFor();
    expect(await dialog.innerText()).toContain("the provider has no capacity left");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: /^Slowest/ }).click();
    await page.locator(".run-row").first().click();
    await dialog.getByText(/text-delta/).waitFor();
    expect(await dialog.innerText()).not.toContain("private");
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test("says that the connection is lost, and goes on when the server is there again", async () => {
    const world = await pagesWorld();
    const port = await freePort();
    const first = await serveApp(world, { port });
    const { page, close } = await browser.page(`${first.url}/#/dashboard`);
    await page.getByText("Live", { exact: true }).waitFor();
    await first.close();
    await page.getByText("Connection lost, trying again").waitFor();
    const second = await serveApp(world, { port });
    await ask("llama", second.url);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("row", { name: /^llama/ }).waitFor();
    await close();
    await second.close();
  });

  test.each([
    ["dark", { colorScheme: "dark" as const }],
    ["on a phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ])("has no barrier and nothing beside the screen, %s", async (_, options) => {
    await ask("gpt-5-mini");
    const { page, close } = await browser.page(`${serving.url}/#/dashboard`, options);
    await page.locator(".plot canvas").nth(3).waitFor();
    expect(await violations(page)).toEqual([]);
    const sizes = await page.evaluate(() => [
      document.documentElement.scrollWidth - innerWidth,
      document.body.scrollHeight - innerHeight,
    ]);
    expect(sizes).toEqual([0, 0]);
    await close();
  });
});
