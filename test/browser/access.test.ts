import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Serving } from "../server/serve.js";
import { violations } from "./accessibility.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { usualWorld } from "./world.js";

describe.skipIf(NO_BROWSER !== undefined)("whoever uses the app", () => {
  let browser: TestBrowser;
  let serving: Serving;
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp(usualWorld(0));
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  test.each(["light", "dark"] as const)("finds no barrier, %s", async (colorScheme) => {
    const { page, close } = await browser.page(serving.url, { colorScheme });
    const chat = new ChatDriver(page);
    await page.locator(".model-button").waitFor();
    expect(await violations(page)).toEqual([]);
    await chat.ask("Show me everything");
    await chat.lastAnswer.locator("math").first().waitFor();
    await chat.lastAnswer.locator(".code-keyword").first().waitFor();
    await chat.lastAnswer.getByRole("button", { name: /^Thought/ }).click();
    expect(await violations(page)).toEqual([]);
    await chat.choose("desk");
    await chat.ask("Weather, poet, pay and book");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Control+k");
    await page.locator("#palette-list [role=option]").first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await chat.button("Settings of this chat").click();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test("on a telephone nothing is cut off, and the sidebar stands over the page", async () => {
    const { page, close } = await browser.page(serving.url, {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
    });
    const chat = new ChatDriver(page);
    const isCut = () =>
      page.evaluate(() => {
        const { width = innerWidth } = visualViewport ?? {};
        return [document.documentElement, document.body].some(({ scrollWidth }) => scrollWidth > width);
      });
    await page.locator(".ideas").waitFor();
    expect(await isCut()).toBe(false);
    await page.locator("#composer").fill("Show me");
    await page.keyboard.press("End");
    // There is no Shift on the keyboard of a telephone: Enter is a new line.
    await page.keyboard.press("Enter");
    await page.keyboard.type("everything");
    expect(await page.locator("#composer").inputValue()).toBe("Show me\neverything");
    await chat.button("Send").click();
    await chat.whole();
    expect(await isCut()).toBe(false);
    expect(await page.locator(".sidebar").isVisible()).toBe(false);
    await chat.button("Open the sidebar").click();
    await page.getByRole("link", { name: /^Show me/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test("is not moved: the question stays at the top, and only who goes to the end is taken along", async () => {
    const slow = await serveApp(usualWorld(8));
    const { page, close } = await browser.page(slow.url, { viewport: { width: 900, height: 560 } });
    const chat = new ChatDriver(page);
    await chat.send("Show me everything");
    const thread = page.locator(".thread");
    const top = () =>
      page.locator(".exchange.last .bubble").evaluate((one) => Math.round(one.getBoundingClientRect().top));
    await chat.lastAnswer.locator(".code-block").waitFor();
    const pinned = await top();
    expect(pinned).toBeLessThan(120);
    // The answer is longer than the page by now, and the question is where it was.
    await page.getByRole("button", { name: "To the end" }).waitFor();
    expect(await top()).toBe(pinned);
    await page.getByRole("button", { name: "To the end" }).click();
    await chat.whole();
    const gap = () => thread.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
    await expect.poll(gap).toBeLessThan(24);
    await close();
    await slow.close();
  });
});
