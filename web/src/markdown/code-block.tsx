import { useEffect, useRef } from "preact/hooks";
import { CopyButton } from "../design/copy-button.js";
import { CodeText } from "./code-text.js";
import { CodeView } from "./code-view.js";

interface CodeBlockProps {
  /** Code that is arriving; else `text`. */
  code?: CodeText | undefined;
  /** What stands after the fence's mark. */
  info: string | undefined;
  text: string;
}

/** A block of code with its language, colours and a button that copies it. */
export function CodeBlock({ code, info = "", text }: CodeBlockProps) {
  const place = useRef<HTMLElement>(null);
  const own = useRef<CodeText>(undefined);
  useEffect(() => {
    if (place.current === null) return;
    const shown = code ?? textOf(own, info, text);
    const view = new CodeView(place.current, shown);
    return () => view.leave();
  }, [code, info, code === undefined ? "" : "arriving"]);
  // Code within a list comes whole each time; as a rule it has grown.
  useEffect(() => {
    const { current } = own;
    if (code !== undefined || current === undefined) return;
    const before = current.toString();
    if (text !== before && text.startsWith(before)) current.push(text.slice(before.length));
  }, [code, text]);
  const language = /^[\w+#.-]+/.exec(info)?.[0] ?? "";
  return (
    <div class="code-block" dir="ltr">
      <div class="code-head">
        <span>{language || "text"}</span>
        <CopyButton text={() => (code ?? own.current ?? "").toString()} label="Copy the code" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys. */}
      <pre tabIndex={0}>
        <code ref={place} />
      </pre>
    </div>
  );
}

function textOf(own: { current: CodeText | undefined }, info: string, text: string): CodeText {
  own.current = new CodeText(info, text);
  own.current.close();
  return own.current;
}
