import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scripted } from "../../src/models/scripted.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import type { Serving } from "../server/serve.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { saying } from "./world.js";

const HEBREW = `שלום עולם, עם \`npm install\` באמצע.

English, then.

\`npm\` הוא כלי.

1. פריט ראשון
2. פריט שני

> ציטוט

| שם | תיאור |
|---|---|
| תפוח | פרי |`;

const NOTES = `Three \`\`\` in a sentence, and more.

| Name | Amount |
|:-----|-------:|
| Apple | 1 |

- one
  - two
    \`\`\`js
    run();
    \`\`\``;

const WIDE = `| Name | Note | More | Last |
|---|---|---|---|
| Ann | A note that is longer than a column of a telephone is wide, by far | One more note of that length, or more | x |`;

const paying = withTools(
  scripted([[{ type: "tool-call", callId: "c1", name: "pay", input: { to: "safe\u202elive\u200b" } }]]),
  [tool({ name: "pay", input: { type: "object" }, approval: true, run: () => "paid" })],
);

describe.skipIf(NO_BROWSER !== undefined)("what is written", () => {
  let browser: TestBrowser;
  let serving: Serving;
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp({ models: { hebrew: saying(HEBREW), notes: saying(NOTES), wide: saying(WIDE), paying } });
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  test("from right to left stands at the right, line by line, wherever it stands", async () => {
    const { page, close } = await browser.page(serving.url);
    const chat = new ChatDriver(page);
    await chat.ask("שלום, מה שלומך?");
    await chat.button("Send").waitFor();
    await page.locator("#composer").fill("שלום");
    /** On which side the letters of an element begin. */
    const side = (selector: string) =>
      page.locator(selector).evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const [inner, outer] = [range.getClientRects()[0], element.getBoundingClientRect()];
        if (inner === undefined) return "nowhere";
        return outer.right - inner.right < inner.left - outer.left ? "right" : "left";
      });
    expect(await side(".markdown p >> nth=0")).toBe("right");
    expect(await side(".markdown p >> nth=1")).toBe("left");
    expect(await side(".markdown p >> nth=2")).toBe("right");
    expect(await side(".markdown li >> nth=0")).toBe("right");
    expect(await side(".markdown blockquote p")).toBe("right");
    expect(await side(".markdown td >> nth=0")).toBe("right");
    expect(
      await page
        .locator(".markdown :is(ol, blockquote, table)")
        .evaluateAll((all) => all.map((one) => getComputedStyle(one).direction)),
    ).toEqual(["rtl", "rtl", "rtl"]);
    expect(await side(".conversation > a")).toBe("right");
    expect(await page.locator("#composer").evaluate((area) => getComputedStyle(area).unicodeBidi)).toBe("plaintext");
    await close();
  });

  test("is read out as it would be read aloud", async () => {
    const { page, close } = await browser.page(serving.url);
    const chat = new ChatDriver(page);
    await chat.choose("notes");
    await chat.ask("Go");
    expect(await page.locator("[role=status][aria-live=polite]").innerText()).toBe(
      "Answer: Three in a sentence, and more. Name: Apple, Amount: 1. one. two. Code block in js.",
    );
    await close();
  });

  test("and hidden in the arguments of a call is seen by who allows it", async () => {
    const { page, close } = await browser.page(serving.url);
    const chat = new ChatDriver(page);
    await chat.choose("paying");
    await chat.send("Go");
    await page.getByRole("button", { name: "Allow" }).waitFor();
    expect(await page.locator(".payload code").first().innerText()).toContain('"safe\\u202elive\\u200b"');
    expect(await page.locator(".tool .summary").innerText()).toBe("safe\\u202elive\\u200b");
    await close();
  });

  test("is pasted as text where there is text, and pictures of one name are each kept", async () => {
    const { page, close } = await browser.page(serving.url);
    const chat = new ChatDriver(page);
    /** Pastes a picture, and a text where there is one; whether the page took it. */
    const paste = (text: string | undefined) =>
      page.locator("#composer").evaluate((area, words) => {
        const clipboardData = new DataTransfer();
        if (words !== undefined) clipboardData.setData("text/plain", words);
        clipboardData.items.add(new File([new Uint8Array([1])], "image.png", { type: "image/png" }));
        return !area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      }, text);
    const attached = page.locator(".attached");
    // danny-avila/LibreChat#1934, #2658: cells of Excel and text of Word come with a picture of them.
    expect(await paste("A\t1")).toBe(false);
    expect(await paste(undefined)).toBe(true);
    await attached.first().waitFor();
    await paste(undefined);
    await attached.nth(1).waitFor();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "none.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) });
    await page.getByText("none.txt is empty.").waitFor();
    await attached.first().getByRole("button").click();
    expect(await attached.count()).toBe(1);
    await chat.ask("Go");
    expect(await page.locator(".given-files img").count()).toBe(1);
    expect(await page.getByText("none.txt is empty.").count()).toBe(0);
    await close();
  });

  test("in a table is not squeezed to a word a line on a telephone: the table scrolls", async () => {
    const { page, close } = await browser.page(serving.url, { viewport: { width: 320, height: 640 } });
    const chat = new ChatDriver(page);
    await chat.choose("wide");
    await chat.ask("Go");
    const cell = await page.locator(".markdown td >> nth=1").boundingBox();
    expect(cell?.width).toBeGreaterThan(150);
    const table = page.locator(".markdown .table");
    expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)).toBe(true);
    await close();
  });
});
