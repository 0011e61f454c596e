/** Where this script came from: the server whose chat is shown, unless the element names another. */
const OWN = import.meta.url.replace(/[^/]*$/, "");

/**
 * `<sluice-chat>`: the chat of a Sluice server within another page.
 *
 * ```html
 * <script type="module" src="https://chat.example.com/sluice-chat.js"></script>
 * <sluice-chat model="desk" theme="dark" style="height: 40rem"></sluice-chat>
 * ```
 *
 * Attributes: `server` (its address; default: where the script came from), `model` (who answers; default: the server's
 * first), `theme` (`light`, `dark`; default: the system's), `label` (its name for screen readers; default "Chat"). The chat
 * stands in a frame of its own: neither page sees the other's content or storage. The server must list the page in `origins`.
 */
class SluiceChat extends HTMLElement {
  static readonly observedAttributes = ["server", "model", "theme", "label"];
  readonly #frame = document.createElement("iframe");

  constructor() {
    super();
    const style = new CSSStyleSheet();
    style.replaceSync(
      ":host { display: block; height: 36rem } :host([hidden]) { display: none } iframe { width: 100%; height: 100%; border: 0; border-radius: inherit }",
    );
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    this.#frame.allow = "microphone; clipboard-write";
    root.append(this.#frame);
  }

  connectedCallback(): void {
    this.#show();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#show();
  }

  #show(): void {
    const address = new URL(this.getAttribute("server") ?? OWN, document.baseURI);
    if (!/^https?:$/.test(address.protocol)) return;
    address.searchParams.set("embed", "");
    for (const name of ["model", "theme"]) {
      const value = this.getAttribute(name);
      if (value !== null) address.searchParams.set(name, value);
    }
    this.#frame.title = this.getAttribute("label") ?? "Chat";
    if (this.#frame.src !== address.href) this.#frame.src = address.href;
  }
}

if (customElements.get("sluice-chat") === undefined) customElements.define("sluice-chat", SluiceChat);
