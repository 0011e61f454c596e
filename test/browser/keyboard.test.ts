import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Serving } from "../server/serve.js";
import { deferred } from "../support/deferred.js";
import { NO_BROWSER, type OpenPage, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { usualWorld, waiting } from "./world.js";

/** What can have the focus now, by its place in the page, and what has it; and whether that is seen. */
function focusNow() {
  const all = [
    ...document.querySelectorAll<HTMLElement>("button, a[href], input, textarea, select, [tabindex]"),
  ].filter(
    (one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.checkVisibility({ visibilityProperty: true }),
  );
  const { activeElement } = document;
  const nameOf = (one: Element) => one.getAttribute("aria-label") ?? one.textContent?.trim().slice(0, 40) ?? "";
  const at = all.indexOf(activeElement as HTMLElement);
  const box = activeElement?.closest(".composer-box") ?? activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(activeElement ?? document.body);
  const seen = (outlineStyle !== "none" && outlineWidth !== "0px") || box !== activeElement;
  const hidden = [...all.entries()].filter(([, one]) => one.closest("[inert], dialog:not([open])") !== null);
  return { names: all.map(nameOf), at, seen, hidden: hidden.length };
}

describe.skipIf(NO_BROWSER !== undefined)("with keys alone", () => {
  let browser: TestBrowser;
  let serving: Serving;
  let opened: OpenPage;
  beforeAll(async () => {
    browser = await TestBrowser.open();
    const usual = usualWorld(0);
    const never = deferred();
    serving = await serveApp({ ...usual, models: { ...usual.models, waiting: waiting(() => never.promise) } });
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });
  afterEach(async () => {
    expect(opened.problems).toEqual([]);
    await opened.close();
  });

  async function open(): Promise<ChatDriver> {
    opened = await browser.page(serving.url);
    const chat = new ChatDriver(opened.page);
    await chat.page.locator(".model-button").waitFor();
    return chat;
  }

  async function press(button: Locator, key = "Enter"): Promise<void> {
    await button.focus();
    await button.press(key);
  }

  /** Waits until an element has the focus. */
  async function focused(element: Locator): Promise<void> {
    await expect.poll(() => element.evaluate((one) => one === document.activeElement)).toBe(true);
  }

  // open-webui/open-webui#24097, #4577, #1001, danny-avila/LibreChat#3923
  test("Tab reaches every control of a chat, each once, shows where it is, and comes back to the first", async () => {
    const chat = await open();
    await chat.ask("Show me everything");
    await chat.page.locator("#composer").fill("more");
    await chat.page.locator(".skip-link").focus();
    const { names, hidden } = await chat.page.evaluate(focusNow);
    expect(hidden).toBe(0);
    expect(names).not.toContain("");
    const reached: string[] = [];
    const unseen: string[] = [];
    for (let presses = 0; presses <= names.length; presses++) {
      const { names: now, at, seen } = await chat.page.evaluate(focusNow);
      const name = now[at] ?? "nothing";
      if (presses > 0 && at === 0) break;
      reached.push(name);
      if (!seen) unseen.push(name);
      await chat.page.keyboard.press("Tab");
      // The browser's own controls come between the last and the first.
      if ((await chat.page.evaluate(focusNow)).at === -1) await chat.page.keyboard.press("Tab");
    }
    // It is there as long as the end is out of sight.
    const steady = (all: readonly string[]) => all.filter((name) => name !== "To the end");
    expect(steady(reached)).toEqual(steady(names));
    expect(unseen).toEqual([]);
  });

  test("Escape closes what is open, and the focus is back where it was", async () => {
    const chat = await open();
    for (const name of ["Model: gpt-5-mini", "Settings of this chat"]) {
      await press(chat.button(name));
      await chat.page.locator(":popover-open, dialog[open]").waitFor();
      await chat.page.keyboard.press("Tab");
      await chat.page.keyboard.press("Escape");
      await expect.poll(() => chat.page.locator(":popover-open, dialog[open]").count()).toBe(0);
      await focused(chat.button(name));
    }
    await chat.page.locator("#composer").focus();
    await chat.page.keyboard.press("Control+k");
    await focused(chat.page.getByRole("combobox"));
    await chat.page.keyboard.press("Escape");
    await focused(chat.page.locator("#composer"));
  });

  // suitenumerique/meet#806, danny-avila/LibreChat#2048, open-webui/open-webui#11158
  test("the focus is never lost with the control that had it", async () => {
    const chat = await open();
    const composer = chat.page.locator("#composer");
    await chat.choose("small-model");
    await chat.ask("One");
    await press(chat.button("Edit the question"));
    await focused(chat.page.locator(".question-editor textarea"));
    await chat.page.keyboard.press("Escape");
    await focused(chat.button("Edit the question"));
    await press(chat.button("Edit the question"));
    await focused(chat.page.locator(".question-editor textarea"));
    await chat.page.keyboard.type("Two");
    await chat.page.keyboard.press("Enter");
    await focused(composer);
    await chat.whole();
    await press(chat.button("Answer again"));
    await focused(composer);
    await chat.whole();
    await press(chat.lastAnswer.getByRole("button", { name: "Version before" }));
    await focused(chat.lastAnswer.getByRole("button", { name: "Next version" }));
    await press(chat.page.locator(".conversation button").first());
    await press(chat.button("Rename"));
    await focused(chat.page.getByLabel("Title"));
    await chat.page.keyboard.type("Renamed");
    await chat.page.keyboard.press("Enter");
    await focused(chat.page.getByRole("link", { name: "Renamed" }));
    await press(chat.page.locator(".conversation button").first());
    await press(chat.button("Rename"));
    await focused(chat.page.getByLabel("Title"));
    await chat.page.keyboard.type("Not this");
    await chat.page.keyboard.press("Escape");
    await focused(chat.page.getByRole("link", { name: "Renamed" }));
    await press(chat.button("Close the sidebar").first());
    await focused(chat.button("Open the sidebar"));
    await press(chat.button("Open the sidebar"));
    await focused(chat.page.locator(".sidebar").getByRole("button", { name: "Close the sidebar" }));
  });

  test("nor with a button that stops, allows or answers", async () => {
    const chat = await open();
    const composer = chat.page.locator("#composer");
    await chat.choose("waiting");
    await chat.send("Go");
    await chat.lastAnswer.getByText("first half").waitFor();
    await press(chat.button("Stop the answer"));
    await chat.lastAnswer.getByText("You stopped this answer").waitFor();
    await focused(composer);
    await chat.choose("desk");
    await chat.ask("Please pay the bakery");
    await press(chat.button("Allow"));
    await focused(composer);
    await chat.lastAnswer.getByText("Paid 42.5").first().waitFor();
    await chat.whole();
    await chat.ask("Please book a table");
    await press(chat.lastAnswer.getByLabel("Name"));
    await chat.page.keyboard.type("Anna");
    await chat.page.keyboard.press("Enter");
    await focused(composer);
  });
});
