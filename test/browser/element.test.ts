import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Serving } from "../server/serve.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { saying } from "./world.js";

describe.skipIf(NO_BROWSER !== undefined)("<sluice-chat>", () => {
  let browser: TestBrowser;
  let serving: Serving;
  /** Another site, with one line in its page. */
  const site = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    const script = `<script type="module" src="${serving.url}/sluice-chat.js"></script>`;
    response.end(`<!doctype html><title>Shop</title>${script}<sluice-chat model="second" label="Help"></sluice-chat>`);
  });
  let address = "";
  beforeAll(async () => {
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    const { port } = site.address() as AddressInfo;
    address = `http://127.0.0.1:${port}`;
    browser = await TestBrowser.open();
    serving = await serveApp({
      models: { first: saying("I am the first."), second: saying("I am the **second**.") },
      origins: [address],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
    site.close();
  });

  test("puts the chat into a page that the server lists, with the model that it names", async () => {
    const { page, close } = await browser.page(address);
    const chat = page.frameLocator("iframe[title=Help]");
    await chat.locator("#composer").fill("Who are you?");
    await chat.locator("#composer").press("Enter");
    await chat.getByText("I am the second.", { exact: true }).waitFor();
    expect(await chat.locator(".sidebar").count()).toBe(0);
    await close();
  });

  test("and into no other", async () => {
    const { port } = new URL(address);
    const { page, close } = await browser.page(`http://localhost:${port}`);
    // The browser shows its own page in place of one that may not stand there.
    await expect
      .poll(() => page.frames().map((frame) => frame.url()))
      .toContainEqual(expect.stringMatching(/^chrome-error:/));
    await close();
  });
});
