import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Serving } from "../server/serve.js";
import { type Deferred, deferred } from "../support/deferred.js";
import { NO_BROWSER, type OpenPage, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { saying, usualWorld, waiting } from "./world.js";

const WHOLE = "The first half stands here. And here is the second half.";

describe.skipIf(NO_BROWSER !== undefined)("two tabs", () => {
  let browser: TestBrowser;
  let serving: Serving;
  let opened: OpenPage;
  let gate: Deferred<void> = deferred();
  let runs = 0;

  beforeAll(async () => {
    browser = await TestBrowser.open();
    const models = {
      brief: saying("**Yes.**"),
      waiting: waiting(
        () => gate.promise,
        () => {},
        () => runs++,
      ),
    };
    serving = await serveApp({ models, agents: usualWorld(0).agents ?? {} });
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });
  afterEach(async () => {
    gate.resolve();
    expect(opened.problems).toEqual([]);
    await opened.close();
    gate = deferred();
    runs = 0;
  });

  async function open(model = "brief"): Promise<ChatDriver> {
    opened = await browser.page(serving.url);
    const chat = new ChatDriver(opened.page);
    await chat.page.locator(".model-button").waitFor();
    if (model !== "brief") await chat.choose(model);
    return chat;
  }

  /** The chat of another tab, in a tab of its own. */
  async function beside(chat: ChatDriver): Promise<ChatDriver> {
    const other = new ChatDriver(await opened.tab(chat.page.url()));
    await other.page.locator(".bubble").first().waitFor();
    return other;
  }

  // epam/ai-dial-chat#1034, lobehub/lobehub#15147, metadist/synaplan#219
  test("a new chat, its title and its end are seen in the list of the other", async () => {
    const one = await open();
    const two = new ChatDriver(await opened.tab());
    await two.page.locator(".model-button").waitFor();
    await one.ask("A question of one");
    const link = two.page.getByRole("link", { name: "A question of one" });
    await link.waitFor();
    await one.page.locator(".conversation").hover();
    await one.button("More of A question of one").click();
    await one.button("Rename").click();
    await one.page.getByLabel("Title").fill("Renamed");
    await one.page.keyboard.press("Enter");
    await two.page.getByRole("link", { name: "Renamed" }).click();
    await expect.poll(() => two.page.title()).toBe("Renamed · Sluice");
    await one.button("More of Renamed").click();
    await one.button("Delete").click();
    await one.button("Delete for good").click();
    await two.page.getByText("deleted in another tab").waitFor();
    await expect.poll(() => two.page.locator(".conversation").count()).toBe(0);
  });

  // ThinkInAIXYZ/deepchat#472, basement-chat/basement-chat#35
  test("a question and its answer are seen in the other while they come", async () => {
    const one = await open();
    await one.ask("First");
    const two = await beside(one);
    await one.choose("waiting");
    await one.send("Second");
    await two.page.locator(".bubble").getByText("Second").waitFor();
    await two.lastAnswer.getByText("first half").waitFor();
    gate.resolve();
    expect(await two.whole()).toBe(WHOLE);
    expect(await one.whole()).toBe(WHOLE);
    expect(runs).toBe(1);
    await two.send("Third");
    await one.page.locator(".bubble").getByText("Third").waitFor();
    await one.whole();
    expect(await one.page.locator(".bubble").allTextContents()).toEqual(["First", "Second", "Third"]);
  });

  test("stopped in one, it is stopped in both", async () => {
    const one = await open("waiting");
    await one.send("Go");
    await one.lastAnswer.getByText("first half").waitFor();
    const two = await beside(one);
    await two.lastAnswer.getByText("first half").waitFor();
    await two.page.keyboard.press("Escape");
    await one.lastAnswer.getByText("You stopped this answer").waitFor();
    await two.lastAnswer.getByText("You stopped this answer").waitFor();
    await one.page.reload();
    await one.lastAnswer.getByText("You stopped this answer").waitFor();
  });

  test("a tab that is closed while an answer comes takes nothing of it away", async () => {
    const one = await open("waiting");
    await one.send("Go");
    await one.lastAnswer.getByText("first half").waitFor();
    const two = await beside(one);
    await two.lastAnswer.getByText("first half").waitFor();
    await one.page.goto("about:blank");
    gate.resolve();
    expect(await two.whole()).toBe(WHOLE);
    await two.page.reload();
    expect(await two.whole()).toBe(WHOLE);
  });

  // benf2004/Bing-Chat-History#19
  test("a tab that lost its connection has the answer from the other, and never puts less in its place", async () => {
    const one = await open("waiting");
    await one.send("Go");
    await one.lastAnswer.getByText("first half").waitFor();
    const two = await beside(one);
    await two.lastAnswer.getByText("first half").waitFor();
    await two.page.route("**/v1/runs/**", (route) => route.fulfill({ status: 404, body: "{}" }));
    await two.page.reload();
    await two.lastAnswer.getByText("not kept any more").waitFor();
    gate.resolve();
    expect(await one.whole()).toBe(WHOLE);
    await two.lastAnswer.getByText("second half").waitFor();
    await two.page.close();
    await one.page.reload();
    expect(await one.whole()).toBe(WHOLE);
  });

  test("settings of one are those of the other; a dialog that was open does not take them back", async () => {
    const one = await open();
    await one.ask("First");
    const two = await beside(one);
    await two.button("Settings of this chat").click();
    await one.button("Settings of this chat").click();
    await one.page.getByLabel("System prompt").fill("Be brief.");
    await one.button("Save").click();
    await one.choose("waiting");
    await two.page.locator(".model-button", { hasText: "waiting" }).waitFor();
    await two.page.getByLabel("Temperature").fill("0.5");
    await two.button("Save").click();
    await one.page.reload();
    await one.button("Settings of this chat").click();
    expect(await one.page.getByLabel("System prompt").inputValue()).toBe("Be brief.");
    expect(await one.page.getByLabel("Temperature").inputValue()).toBe("0.5");
    await one.page.locator(".model-button", { hasText: "waiting" }).waitFor();
  });

  // ztjhz/BetterChatGPT#591
  test("a tab that has heard nothing changes what it changes, and no more", async () => {
    const one = await open();
    await one.ask("First");
    const two = await beside(one);
    // As one that the browser has frozen.
    await two.page.addInitScript(() => {
      BroadcastChannel.prototype.addEventListener = () => {};
    });
    await two.page.reload();
    await two.button("Hide personal data").waitFor();
    await one.button("Hide personal data").click();
    expect(await two.button("Hide personal data").getAttribute("aria-pressed")).toBe("false");
    await two.choose("waiting");
    await one.page.locator(".model-button", { hasText: "waiting" }).waitFor();
    await one.page.reload();
    await one.page.locator(".model-button", { hasText: "waiting" }).waitFor();
    expect(await one.button("Hide personal data").getAttribute("aria-pressed")).toBe("true");
  });

  // dam-agents/dam#3305
  test("what is written in a chat is there in both; what is written in new chats is of each tab alone", async () => {
    const one = await open();
    const two = new ChatDriver(await opened.tab());
    await one.page.locator("#composer").fill("one's own");
    await two.page.locator("#composer").fill("two's own");
    await one.page.reload();
    await expect.poll(() => one.page.locator("#composer").inputValue()).toBe("one's own");
    await one.page.locator("#composer").fill("");
    await two.page.reload();
    await expect.poll(() => two.page.locator("#composer").inputValue()).toBe("two's own");
    const third = new ChatDriver(await opened.tab());
    await expect.poll(() => third.page.locator("#composer").inputValue()).toBe("two's own");
    await one.ask("First");
    const four = await beside(one);
    await one.page.locator("#composer").fill("half a thought");
    await expect.poll(() => four.page.locator("#composer").inputValue()).toBe("half a thought");
    await one.page.keyboard.press("Enter");
    await expect.poll(() => four.page.locator("#composer").inputValue()).toBe("");
  });

  test("a chat that is deleted in one is gone in the other, which says so, and is not written again", async () => {
    const one = await open("waiting");
    await one.send("Go");
    await one.lastAnswer.getByText("first half").waitFor();
    const two = await beside(one);
    await two.page.goto(`${serving.url}/#/chat`);
    await two.page.locator(".conversation").hover();
    await two.button("More of Go").click();
    await two.button("Delete").click();
    await two.button("Delete for good").click();
    await one.page.getByText("deleted in another tab").waitFor();
    gate.resolve();
    await one.choose("brief");
    await one.ask("Another");
    await one.page.reload();
    await one.page.locator(".bubble").getByText("Another").waitFor();
    await expect.poll(() => one.page.locator(".conversation").count()).toBe(1);
    await expect.poll(() => two.page.locator(".conversation").count()).toBe(1);
  });

  test("an approval is given once, in either", async () => {
    const one = await open("desk");
    await one.ask("Please pay the bakery");
    const two = await beside(one);
    await two.button("Allow").click();
    for (const chat of [one, two]) await chat.lastAnswer.getByText("Paid 42.5 to Anna's Bakery.").first().waitFor();
    await expect.poll(() => one.button("Allow").count()).toBe(0);
  });

  // screenpipe/screenpipe#3739, lobehub/lobehub#14939
  test("what is written and attached in a chat waits there for its reader to come back", async () => {
    const chat = await open();
    await chat.ask("First");
    await chat.page.locator("#composer").fill("half a thought");
    const file = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") };
    await chat.page.locator("input[type=file]").setInputFiles(file);
    await chat.page.locator(".attached").getByText("notes.txt").waitFor();
    await chat.button("New chat").click();
    await chat.page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
    expect(await chat.page.locator(".attached").count()).toBe(0);
    expect(await chat.page.locator("#composer").inputValue()).toBe("");
    await chat.page.getByRole("link", { name: "First" }).click();
    await chat.page.locator(".attached").getByText("notes.txt").waitFor();
    expect(await chat.page.locator("#composer").inputValue()).toBe("half a thought");
  });

  test("the theme is that of both", async () => {
    const one = await open();
    const two = new ChatDriver(await opened.tab());
    await one.button("Theme: as the system").click();
    await two.button("Theme: light").waitFor();
    expect(await two.page.locator("html").getAttribute("data-theme")).toBe("light");
  });
});
