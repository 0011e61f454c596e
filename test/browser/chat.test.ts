import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import { textOf } from "../../src/stream/message.js";
import type { Serving } from "../server/serve.js";
import { type Deferred, deferred } from "../support/deferred.js";
import { freePort } from "../support/free-port.js";
import { NO_BROWSER, type OpenPage, OTHER_HOST, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { saying, usualWorld, waiting } from "./world.js";

describe.skipIf(NO_BROWSER !== undefined)("the chat", () => {
  let browser: TestBrowser;
  let serving: Serving;
  let opened: OpenPage | undefined;
  let gate: Deferred<void> = deferred();
  let left: Deferred<void> = deferred();
  let asked: Deferred<void> = deferred();
  const seen: string[] = [];
  const log = new MemoryRunLog();
  const world = () => {
    const usual = usualWorld(0);
    return {
      ...usual,
      log,
      allowedHosts: [OTHER_HOST],
      models: {
        ...usual.models,
        waiting: waiting(
          () => gate.promise,
          () => left.resolve(),
          () => asked.resolve(),
        ),
        listening: saying((messages) => {
          seen.push(...messages.map(textOf));
          return `I write to ${textOf(messages.at(-1) ?? { role: "user", content: "" })
            .split(" ")
            .at(-1)} now.`;
        }),
      },
    };
  };

  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp(world());
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });
  afterEach(async () => {
    await opened?.close();
    gate = deferred();
    left = deferred();
    asked = deferred();
  });

  async function open(model: string, url = serving.url): Promise<ChatDriver> {
    opened = await browser.page(url);
    const chat = new ChatDriver(opened.page);
    await chat.page.locator(".model-button").waitFor();
    if (model !== "gpt-5-mini") await chat.choose(model);
    return chat;
  }

  test("an answer arrives as Markdown, with its thoughts folded, its sources and its figures", async () => {
    const chat = await open("gpt-5-mini");
    const text = await chat.ask("Show me everything");
    expect(text).toContain("A sluice is a gate");
    const answer = chat.lastAnswer;
    expect(await answer.locator("table tbody tr").count()).toBe(3);
    await answer.locator("math").nth(1).waitFor();
    await answer.locator(".code-keyword").first().waitFor();
    expect(await answer.getByRole("link", { name: "link" }).getAttribute("rel")).toContain("noopener");
    expect(await answer.locator(".sources a").count()).toBe(2);
    expect(await answer.locator(".figures").innerText()).toMatch(/tokens/);
    await answer.locator(".figures").getByText("$").waitFor();
    const thoughts = answer.getByRole("button", { name: /^Thought/ });
    expect(await thoughts.getAttribute("aria-expanded")).toBe("false");
    await thoughts.click();
    await answer.getByText("I will show each kind once").waitFor();
    expect(opened?.problems).toEqual([]);
  });

  test("a screen reader hears nothing while it arrives, and all of it once", async () => {
    const chat = await open("waiting");
    await chat.send("Go");
    await chat.lastAnswer.getByText("first half").waitFor();
    expect(await chat.page.getByRole("log").getAttribute("aria-live")).toBe("off");
    const status = chat.page.locator("[role=status][aria-live=polite]");
    expect(await status.innerText()).toBe("");
    gate.resolve();
    await chat.whole();
    expect(await status.innerText()).toBe("Answer: The first half stands here. And here is the second half.");
  });

  test("stopped, it is stopped at the model, and what had come stays", async () => {
    const chat = await open("waiting");
    await chat.send("Go");
    await chat.lastAnswer.getByText("first half").waitFor();
    await chat.page.keyboard.press("Escape");
    await left.promise;
    await chat.lastAnswer.getByText("You stopped this answer").waitFor();
    expect(await chat.whole()).toBe("The first half stands here.");
  });

  test("a reload in the middle goes on with the answer, and nothing is there twice", async () => {
    const chat = await open("waiting");
    await chat.send("Go");
    await chat.lastAnswer.getByText("first half").waitFor();
    await chat.page.reload();
    await chat.lastAnswer.getByText("first half").waitFor();
    gate.resolve();
    expect(await chat.whole()).toBe("The first half stands here. And here is the second half.");
    await chat.page.reload();
    expect(await chat.whole()).toBe("The first half stands here. And here is the second half.");
  });

  test("a reload before the server has answered finds the answer", async () => {
    const chat = await open("waiting");
    await chat.page.route("**/v1/runs", async (route) => {
      // The server has the question; the page never hears that.
      void route.fetch().catch(() => {});
    });
    await chat.send("Go");
    await asked.promise;
    await chat.page.reload();
    await chat.lastAnswer.getByText("first half").waitFor();
    gate.resolve();
    expect(await chat.whole()).toBe("The first half stands here. And here is the second half.");
  });

  test("an answer whose beginning is lost on the way is found at the server", async () => {
    const chat = await open("waiting");
    await chat.page.route("**/v1/runs", async (route) => {
      void route.fetch().catch(() => {});
      await asked.promise;
      await route.abort();
    });
    await chat.send("Go");
    await chat.lastAnswer.getByText("first half").waitFor();
    gate.resolve();
    expect(await chat.whole()).toBe("The first half stands here. And here is the second half.");
  });

  test("a page over plain HTTP from another machine works", async () => {
    opened = await browser.page(serving.url.replace("127.0.0.1", OTHER_HOST));
    expect(await opened.page.evaluate(() => isSecureContext)).toBe(false);
    const chat = new ChatDriver(opened.page);
    await chat.choose("small-model");
    expect(await chat.ask("Hello")).toContain("Briefly: yes.");
  });

  test("the server goes and another takes its place: the answer is come back to", async () => {
    const port = await freePort();
    const first = await serveApp(world(), { port });
    const chat = await open("waiting", first.url);
    await chat.send("Go");
    await chat.lastAnswer.getByText("first half").waitFor();
    await first.close();
    await chat.lastAnswer.getByText("The connection was lost").waitFor();
    const second = await serveApp(world(), { port });
    gate.resolve();
    expect(await chat.whole()).toBe("The first half stands here. And here is the second half.");
    await opened?.close();
    await second.close();
  });

  test("a question that is edited, and an answer that is asked for again, are branches with arrows", async () => {
    const chat = await open("small-model");
    await chat.ask("One");
    await chat.page.locator(".question-turn").hover();
    await chat.button("Edit the question").click();
    await chat.page.locator(".question-editor textarea").fill("Two");
    await chat.page.keyboard.press("Enter");
    await chat.whole();
    expect(await chat.page.locator(".bubble").allInnerTexts()).toEqual(["Two"]);
    expect(await chat.page.locator(".question-turn .branches").innerText()).toContain("2/2");
    await chat.page.locator(".question-turn").getByRole("button", { name: "Version before" }).click();
    expect(await chat.page.locator(".bubble").allInnerTexts()).toEqual(["One"]);
    await chat.button("Answer again").click();
    await chat.page.locator(".answer-turn .branches").getByText("2/2").waitFor();
    // An answer that was asked for at the server is stored.
    await chat.whole();
    await chat.page.reload();
    await chat.page.locator(".answer-turn .branches").getByText("2/2").waitFor();
  });

  test("a call waits for approval, runs when it is allowed, and does not when it is denied", async () => {
    const chat = await open("desk");
    await chat.ask("Please pay the bakery");
    expect(await chat.lastAnswer.locator(".fold.tool").innerText()).toContain("needs approval");
    expect(await chat.lastAnswer.locator(".fold.tool pre").first().innerText()).toContain("42.5");
    await chat.page.reload();
    await chat.button("Allow").click();
    await chat.lastAnswer.getByText("Paid 42.5 to Anna's Bakery.").first().waitFor();
    await chat.ask("Please pay again");
    await chat.button("Deny").click();
    await chat.lastAnswer
      .locator(".badge", { hasText: "denied" })
      .or(chat.lastAnswer.locator(".badge", { hasText: "failed" }))
      .waitFor();
    await chat.whole();
  });

  test("a question is a form of its schema, and its answer is used", async () => {
    const chat = await open("desk");
    await chat.ask("Please book a table");
    const form = chat.lastAnswer.locator(".question");
    await form.getByLabel("Name").fill("Anna");
    expect(await form.getByLabel("Guests").inputValue()).toBe("2");
    await form.getByLabel("Seat").selectOption("garden");
    await form.getByLabel("A quiet place, please").check();
    await form.getByRole("button", { name: "Answer" }).click();
    await chat.lastAnswer
      .getByText(/"seat":"garden","quiet":true/)
      .first()
      .waitFor();
  });

  test("an agent inside is folded in its place, with what it thought", async () => {
    const chat = await open("desk");
    await chat.ask("Ask the poet, and the weather");
    const inner = chat.lastAnswer.locator(".fold.inner").first();
    await inner.getByRole("button", { name: /poet/ }).click();
    await inner.getByText("Rain writes on the window").waitFor();
    expect(await chat.lastAnswer.locator(".text-part").last().innerText()).toContain("light rain");
  });

  test("personal data stays in the browser: the model sees a placeholder, the reader the value", async () => {
    const chat = await open("listening");
    await chat.button("Hide personal data").click();
    seen.length = 0;
    expect(await chat.ask("Write to anna@example.com")).toBe("I write to anna@example.com now.");
    expect(seen.join()).not.toContain("anna@example.com");
    expect(seen.join()).toContain("<EMAIL_ADDRESS_1>");
    await chat.button("1 detail hidden from the model").click();
    await chat.page.getByRole("cell", { name: "<EMAIL_ADDRESS_1>" }).waitFor();
  });

  test("chats are found, renamed and deleted; what is written and not sent is kept", async () => {
    const chat = await open("small-model");
    await chat.ask("A very special question");
    await chat.page.locator("#composer").fill("half a thought");
    await chat.page.reload();
    await chat.page.locator(".conversation.current").waitFor();
    expect(await chat.page.locator("#composer").inputValue()).toBe("half a thought");
    await chat.page.locator(".conversation").hover();
    await chat.button("More of A very special question").click();
    await chat.button("Rename").click();
    await chat.page.getByLabel("Title").fill("Renamed");
    await chat.page.keyboard.press("Enter");
    await chat.page.getByRole("link", { name: "Renamed" }).waitFor();
    await chat.page.keyboard.press("Control+k");
    await chat.page.getByRole("combobox").fill("very special");
    await chat.page.getByRole("option", { name: "Renamed" }).waitFor();
    await chat.page.keyboard.press("Escape");
    await chat.page.locator(".conversation").hover();
    await chat.button("More of Renamed").click();
    await chat.button("Delete").click();
    await chat.button("Delete for good").click();
    await chat.page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
    await expect.poll(() => chat.page.locator(".conversation").count()).toBe(0);
  });

  test("with keys alone: write, send, stop, find a command", async () => {
    const chat = await open("waiting");
    await chat.page.locator("body").click({ position: { x: 700, y: 700 } });
    await chat.page.keyboard.press("/");
    await chat.page.keyboard.type("Go");
    await chat.page.keyboard.press("Enter");
    await chat.lastAnswer.getByText("first half").waitFor();
    await chat.page.keyboard.press("Escape");
    await chat.lastAnswer.getByText("You stopped this answer").waitFor();
    await chat.page.keyboard.press("Control+k");
    await chat.page.keyboard.type("new chat");
    await chat.page.keyboard.press("Enter");
    await chat.page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
  });

  test("the Enter that ends the composition of a character sends nothing", async () => {
    const chat = await open("small-model");
    await chat.page.locator("#composer").fill("日本");
    await chat.page.locator("#composer").evaluate((composer) => {
      for (const composing of [{ isComposing: true }, { keyCode: 229 }]) {
        composer.dispatchEvent(
          new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...composing }),
        );
      }
    });
    expect(await chat.page.locator(".bubble").count()).toBe(0);
    await chat.page.keyboard.press("Enter");
    await chat.page.locator(".bubble").getByText("日本").waitFor();
  });

  test("what fails says what failed, and can be tried again", async () => {
    const chat = await open("small-model");
    await chat.page.route("**/v1/runs", (route) => route.abort());
    await chat.send("Hello");
    await chat.lastAnswer.getByText("The server could not be reached").waitFor();
    await chat.page.unroute("**/v1/runs");
    await chat.button("Try again").click();
    expect(await chat.whole()).toContain("Briefly: yes.");
  });
});
