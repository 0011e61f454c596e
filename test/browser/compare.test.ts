import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Serving } from "../server/serve.js";
import { violations } from "./accessibility.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { type Middle, pagesWorld } from "./pages-world.js";

describe.skipIf(NO_BROWSER !== undefined)("compare", () => {
  let browser: TestBrowser;
  let serving: Serving;
  let middle: Middle = () => Promise.resolve();
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp(await pagesWorld(() => middle()));
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  test("one prompt goes to several models, streaming and not, with their times", async () => {
    const { page, problems, close } = await browser.page(`${serving.url}/#/compare`);
    await page.getByRole("region", { name: "gpt-5-mini", exact: true }).waitFor();
    await page.getByRole("button", { name: "Add a model" }).click();
    const whole = page.getByRole("region", { name: "llama", exact: true });
    await whole.getByRole("checkbox", { name: "Streaming" }).uncheck();
    await page.getByLabel("Prompt for all models").fill("What is a sluice?");
    await page.keyboard.press("Control+Enter");
    const streamed = page.getByRole("region", { name: "gpt-5-mini", exact: true });
    await streamed.getByText("sluice", { exact: true }).waitFor();
    // What does not stream shows nothing before it is whole.
    await whole.getByText("faster than it can be used", { exact: false }).waitFor();
    await page.getByText("fastest").first().waitFor();
    for (const one of [streamed, whole]) {
      expect(await one.innerText()).toMatch(/80 tokens · \d+ tokens\/s/);
      expect(await one.innerText()).toMatch(/First token\s+[\d.]+ m?s/);
    }
    const first = await whole.locator(".figure-bars dd").nth(0).innerText();
    const all = await whole.locator(".figure-bars dd").nth(1).innerText();
    expect(Math.abs(Number.parseFloat(first) - Number.parseFloat(all))).toBeLessThan(0.5);
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test("one that fails says why beside the others, and one that is stopped stays as it is", async () => {
    const { page, close } = await browser.page(`${serving.url}/#/compare`, { colorScheme: "dark" });
    await page.getByRole("button", { name: "Model: claude-haiku" }).click();
    await page.getByRole("button", { name: "mistral-small" }).click();
    await page.getByLabel("Prompt for all models").fill("What is a sluice?");
    // What is stopped would never come to its end.
    middle = () => new Promise(() => {});
    await page.getByRole("button", { name: "Ask all" }).click();
    const failed = page.getByRole("region", { name: "mistral-small", exact: true });
    await failed.getByRole("alert").waitFor();
    expect(await failed.getByRole("alert").innerText()).toContain("no capacity");
    const going = page.getByRole("region", { name: "gpt-5-mini", exact: true });
    await going.getByRole("button", { name: "Stop gpt-5-mini" }).click();
    await going.getByText("Stopped.").waitFor();
    expect(await violations(page)).toEqual([]);
    // A look at another page loses nothing.
    await page.getByRole("link", { name: "Dashboard" }).click();
    await page.getByRole("link", { name: "Compare" }).click();
    await failed.getByRole("alert").waitFor();
    await close();
  });

  test("on a phone the answers stand one below the other", async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
    const { page, close } = await browser.page(`${serving.url}/#/compare`, phone);
    const columns = page.locator(".contender");
    await columns.nth(1).waitFor();
    const [a, b] = [await columns.nth(0).boundingBox(), await columns.nth(1).boundingBox()];
    expect(b?.y).toBeGreaterThanOrEqual((a?.y ?? 0) + (a?.height ?? 0));
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await close();
  });
});
