import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Serving } from "../server/serve.js";
import { deferred } from "../support/deferred.js";
import { violations } from "./accessibility.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { pagesWorld } from "./pages-world.js";

describe.skipIf(NO_BROWSER !== undefined)("workflows", () => {
  let browser: TestBrowser;
  let serving: Serving;
  let middle = deferred();
  middle.resolve();
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp(await pagesWorld(() => middle.promise));
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  test("a run: steps light up, speak inside, are tried again, ask in place and go on, and run again from a step", async () => {
    const { page, problems, close } = await browser.page(`${serving.url}/#/workflows`);
    await page.getByText("No run yet").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("link", { name: /^research Looks at a topic/ }).click();
    await page.getByLabel("Topic").fill("sluices");
    middle = deferred();
    await page.getByRole("button", { name: "Run" }).click();
    const step = (id: string) => page.getByRole("button", { name: new RegExp(`^${id} `) });
    await page.getByRole("button", { name: /^history .*running/ }).waitFor();
    await page.locator(".step .tail", { hasText: "Sluices" }).first().waitFor();
    middle.resolve();
    // It asks where it waits.
    await page.getByRole("heading", { name: "Write the text from these notes?" }).waitFor();
    expect(await step("review").innerText()).toContain("waits for an answer");
    expect(await violations(page)).toEqual([]);
    await step("doubts").click();
    const panel = page.getByRole("region", { name: "Step doubts" });
    await panel.getByText("Attempt 1 failed: the model is busy").waitFor();
    await panel.getByText("attempt 2", { exact: true }).waitFor();
    expect(await panel.innerText()).toContain("what is disputed about sluices?");
    // A reload finds it as it stands.
    await page.reload();
    await page.getByRole("button", { name: "approve" }).click();
    await page.locator(".page-head .badge", { hasText: "done" }).waitFor();
    const answer = page.getByRole("region", { name: "Answer of the run" });
    await answer.getByText("the gate closes against", { exact: false }).waitFor();
    await step("dropped").waitFor();
    expect(await step("dropped").innerText()).toContain("skipped");
    await step("summary").click();
    middle = deferred();
    await page.getByRole("button", { name: "Run again from here" }).click();
    await page.getByRole("button", { name: /^summary .*running/ }).waitFor();
    middle.resolve();
    await page.locator(".page-head .badge", { hasText: "done" }).waitFor();
    expect(await step("history").innerText()).toContain("done");
    expect(problems).toEqual([]);
    await close();
  });

  test("a run that is left goes on, and is followed again from the list", async () => {
    const { page, close } = await browser.page(`${serving.url}/#/workflows/start/research`);
    await page.getByLabel("Topic").fill("locks");
    middle = deferred();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("button", { name: /^history .*running/ }).waitFor();
    await page.reload();
    middle.resolve();
    await page.getByRole("heading", { name: "Write the text from these notes?" }).waitFor();
    await page.getByRole("link", { name: "All workflows" }).click();
    await page
      .getByRole("link", { name: /waits for an answer/ })
      .first()
      .waitFor();
    await page
      .getByRole("link", { name: /waits for an answer/ })
      .first()
      .click();
    await page.getByRole("button", { name: "reject" }).click();
    await page.getByRole("region", { name: "Answer of the run" }).getByText("Nothing was written.").waitFor();
    await close();
  });

  test("the editor completes by the schema, underlines what is wrong, draws the graph and runs", async () => {
    const { page, problems, close } = await browser.page(`${serving.url}/#/workflows/edit/template/chat`);
    const editor = page.locator(".document-editor .cm-content");
    await editor.waitFor();
    await page.getByText("Nothing is wrong.").waitFor();
    await page.getByRole("region", { name: "Graph" }).getByText("answer", { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await editor.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.insertText('{\n  "steps": [\n    { "id": "a", "type": "" }\n  ]\n}');
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowUp");
    await page.keyboard.press("End");
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowLeft");
    await page.keyboard.type("llm_ch");
    await page.locator(".cm-tooltip-autocomplete li", { hasText: "llm_chat" }).first().click();
    expect(await editor.innerText()).toContain('"type": "llm_chat"');
    await page
      .getByRole("list", { name: "Findings" })
      .getByRole("button", { name: /message/ })
      .first()
      .waitFor();
    await page.locator(".cm-lintRange-error").first().waitFor();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(
      '{ "name": "hello", "inputs": { "who": { "type": "string" } }, "steps": [{ "id": "say", "type": "output", "config": { "format": "text" }, "inputs": { "text": "Hello {who}" } }] }',
    );
    await page.getByText("Nothing is wrong.").waitFor();
    await page.getByLabel("Who").fill("Ada");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("region", { name: "Answer of the run" }).getByText("Hello Ada").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test.each([
    ["dark", { colorScheme: "dark" as const }],
    ["on a phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ])("has no barrier and nothing beside the screen, %s", async (_, options) => {
    const { page, close } = await browser.page(`${serving.url}/#/workflows/start/research`, options);
    await page.getByLabel("Topic").fill("tides");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("button", { name: "approve" }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    await close();
  });

  test("a run that there is not, and a server that is away, say so", async () => {
    const { page, close } = await browser.page(`${serving.url}/#/workflows/run/none`);
    await page.getByRole("heading", { name: "This run cannot be shown" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });
});
