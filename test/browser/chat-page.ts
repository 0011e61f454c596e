import type { Locator, Page } from "playwright-core";

/** The chat in a page, by what people do in it. */
export class ChatDriver {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get answers(): Locator {
    return this.page.locator(".answer-turn");
  }

  get lastAnswer(): Locator {
    return this.answers.last();
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Writes and sends, once nothing is being answered: until then Enter sends nothing. */
  async send(text: string): Promise<void> {
    await this.page.locator("#composer").fill(text);
    await this.button("Send").waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Writes, sends, and waits for the whole answer. */
  async ask(text: string): Promise<string> {
    await this.send(text);
    return this.whole();
  }

  /** Waits until the last answer is whole. */
  async whole(): Promise<string> {
    await this.page.locator('.exchange.last .answer-turn[aria-busy="false"]').waitFor();
    return this.lastAnswer
      .locator(".text-part")
      .allInnerTexts()
      .then((parts) => parts.join("\n"));
  }

  /** Chooses who answers. */
  async choose(name: string): Promise<void> {
    await this.page.locator(".model-button").click();
    await this.page.locator(".popover:popover-open").getByRole("button", { name }).click();
  }
}
