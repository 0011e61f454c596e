import { useEffect, useRef } from "preact/hooks";
import type { JsonObject } from "../../../src/base/json.js";
import type { Diagnostic } from "../../../src/workflows/format/diagnostic.js";
import type { CodeEditor } from "./code-editor.js";

interface DocumentEditorProps {
  /** The text at first, and whenever another one is chosen. */
  text: string;
  schema: JsonObject;
  diagnostics: readonly Diagnostic[];
  /** A place to go to. */
  revealed?: { path: string } | undefined;
  onChange(text: string): void;
}

/** The editor of a workflow's document; loaded when it is first shown. */
export function DocumentEditor({ text, schema, diagnostics, revealed, onChange }: DocumentEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | undefined>(undefined);
  const newest = useRef({ diagnostics, onChange });
  newest.current = { diagnostics, onChange };
  useEffect(() => {
    let left = false;
    void import("./code-editor.js").then(({ codeEditor }) => {
      if (left || place.current === null) return;
      const label = "The workflow's document, JSON";
      const changed = (changes: string) => newest.current.onChange(changes);
      editor.current = codeEditor(place.current, { text, schema, label, onChange: changed });
      editor.current.mark(newest.current.diagnostics);
    });
    return () => {
      left = true;
      editor.current?.destroy();
      editor.current = undefined;
    };
  }, [text, schema]);
  useEffect(() => editor.current?.mark(diagnostics), [diagnostics]);
  useEffect(() => {
    if (revealed !== undefined) editor.current?.reveal(revealed.path);
  }, [revealed]);
  return <div ref={place} class="document-editor" />;
}
