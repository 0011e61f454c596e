import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language";
import { lintGutter, lintKeymap, type Diagnostic as Mark, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { JsonObject, JsonValue } from "../../../src/base/json.js";
import type { Diagnostic } from "../../../src/workflows/format/diagnostic.js";
import { parsePath, placeAt, rangeOf } from "./json-place.js";
import { propertyHints, schemasAt, valueHints } from "./schema-at.js";

/** Settings of an editor. */
export interface CodeEditorOptions {
  text: string;
  /** JSON Schema: what is offered while one writes. */
  schema: JsonObject;
  label: string;
  onChange(text: string): void;
}

/** An editor for JSON. */
export interface CodeEditor {
  /** Replaces the text. */
  set(text: string): void;
  /** Underlines what is wrong. */
  mark(diagnostics: readonly Diagnostic[]): void;
  /** Goes to a place of the document, for example `steps[2].inputs`. */
  reveal(path: string): void;
  destroy(): void;
}

/**
 * Makes an editor. It stands in a shadow tree: the page's policy allows no style sheets that a script writes into the page, and
 * a shadow tree takes them as objects.
 */
export function codeEditor(host: HTMLElement, { text, schema, label, onChange }: CodeEditorOptions): CodeEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        json(),
        syntaxHighlighting(COLOURS),
        autocompletion({ override: [(context) => complete(context, schema)] }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        // Tab leaves the editor, as it leaves any other field.
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        THEME,
      ],
    }),
  });
  const slice = (from: number, to: number) => view.state.sliceDoc(from, to);
  return {
    set: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    mark: (diagnostics) => {
      const broken = jsonParseLinter()(view);
      const tree = syntaxTree(view.state);
      const found = diagnostics.map(
        ({ severity, path, message, suggestion }): Mark => ({
          ...rangeOf(tree, slice, parsePath(path)),
          severity,
          message: suggestion === undefined ? message : `${message} (${suggestion})`,
        }),
      );
      view.dispatch(setDiagnostics(view.state, broken.length > 0 ? broken : found));
    },
    reveal: (path) => {
      const { from, to } = rangeOf(syntaxTree(view.state), slice, parsePath(path));
      view.dispatch({
        selection: { anchor: from, head: to },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

function complete(context: CompletionContext, schema: JsonObject): CompletionResult | null {
  const { state, pos, explicit } = context;
  const place = placeAt(syntaxTree(state), (from, to) => state.sliceDoc(from, to), pos);
  if (place === undefined || (!explicit && !place.quoted)) return null;
  const schemas = schemasAt(schema, place.path, readable(state.doc.toString()));
  const hints = place.writes === "name" ? propertyHints(schemas, place.present) : valueHints(schemas);
  if (hints.length === 0) return null;
  const bare = (word: string) => place.writes === "value" && /^(true|false|null|-?\d+(\.\d+)?)$/.test(word);
  return {
    from: place.from,
    to: place.to,
    options: hints.map(({ word, about }) => {
      const quoted = place.quoted || bare(word) ? word : `"${word}"`;
      return {
        label: word,
        apply: place.writes === "name" && !place.quoted ? `${quoted}: ` : quoted,
        type: place.writes === "name" ? "property" : "enum",
        ...(about !== undefined && { info: about }),
      };
    }),
    filter: true,
  };
}

/** The document as far as it can be read: what is being written is left out. */
function readable(text: string): JsonValue | undefined {
  for (const attempt of [text, text.replace(/"[^"\n]*$/m, '""'), text.replace(/,(\s*[}\]])/g, "$1")]) {
    try {
      return JSON.parse(attempt) as JsonValue;
    } catch {
      // The next reading may do.
    }
  }
  return undefined;
}

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-title)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: [tags.bool, tags.null], color: "var(--code-keyword)" },
]);

const THEME = EditorView.theme({
  "&": { height: "100%", fontSize: "var(--text-s)", color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--accent)", padding: "0.5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--accent)" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--ink-faint)" },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--surface-hover) 55%, transparent)",
  },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 22%, transparent) !important",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--accent-soft)", color: "inherit" },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "var(--radius-m)",
    backgroundColor: "var(--surface-raised)",
    boxShadow: "var(--shadow-m)",
    color: "var(--ink)",
    overflow: "hidden",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)", maxHeight: "16rem" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "0.1875rem 0.5rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-completionInfo": { padding: "0.5rem 0.625rem", fontFamily: "var(--font)", maxWidth: "20rem" },
  ".cm-diagnostic": { fontFamily: "var(--font)", padding: "0.375rem 0.625rem" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--danger)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
});
