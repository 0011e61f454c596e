import { useContext, useEffect, useRef } from "preact/hooks";
import { isJsonObject, type JsonValue } from "../../../../src/base/json.js";
import { visibleJson, visibleText } from "../../../../src/base/visible-text.js";
import type { ToolPartView } from "../../answer/part.js";
import { Icon } from "../../design/icon.js";
import { CodeText } from "../../markdown/code-text.js";
import { CodeView } from "../../markdown/code-view.js";
import { AnswerContext } from "../answer-context.js";
import { AnswerParts } from "./answer-parts.js";
import { Fold } from "./fold.js";
import { InnerPart } from "./inner-part.js";

/** A tool call: what it is called with while that arrives, what runs inside it, what it returned, and whether it may run. */
export function ToolPart({ part }: { part: ToolPartView }) {
  const outcome = part.outcome.value;
  const asks = part.approval.value !== undefined && part.response.value === undefined;
  const inner = part.inner.value;
  const goesOn = inner.some(({ view }) => view.state.value !== "finished");
  const [only] = inner;
  return (
    <>
      <Fold
        icon={inner.length > 0 ? "agent" : "tool"}
        class={inner.length > 0 ? "tool inner" : "tool"}
        open={asks || goesOn || outcome?.isError === true}
        title={
          <>
            <b>{part.name}</b> <span class="summary">{summaryOf(part.called.value?.input)}</span>
          </>
        }
        status={<ToolStatus part={part} />}
      >
        {inner.length === 0 && <Payload label="Arguments" code={part.input.value} />}
        {inner.length === 1 && only !== undefined && <AnswerParts view={only.view} live={goesOn} />}
        {inner.length > 1 && inner.map((one) => <InnerPart key={one.key} part={one} />)}
        {part.progress.value !== undefined && outcome === undefined && (
          <Payload label="Progress" value={part.progress.value} />
        )}
        {outcome !== undefined && (inner.length === 0 || outcome.isError) && (
          <Payload label={outcome.isError ? "Error" : "Result"} value={outcome.output} />
        )}
      </Fold>
      {asks && <Approval part={part} />}
    </>
  );
}

function ToolStatus({ part }: { part: ToolPartView }) {
  const outcome = part.outcome.value;
  const response = part.response.value;
  if (outcome?.isError) return <span class="badge danger">failed</span>;
  if (outcome !== undefined) return <span class="badge success">done</span>;
  if (response?.type === "deny") return <span class="badge">denied</span>;
  if (part.approval.value !== undefined && response === undefined)
    return <span class="badge warning">needs approval</span>;
  const question = part.question.value;
  if (question !== undefined && question.response.value === undefined)
    return <span class="badge warning">asks you</span>;
  return <span class="badge info">{part.called.value === undefined ? "writing" : "running"}</span>;
}

/** Whether a call may run. */
function Approval({ part }: { part: ToolPartView }) {
  const { respond } = useContext(AnswerContext);
  const id = part.approval.value?.id;
  if (id === undefined || respond === undefined) return null;
  return (
    <section class="ask" aria-label={`Approval of ${part.name}`}>
      <Icon name="shield" />
      <p>
        Allow <b>{part.name}</b> to run?
      </p>
      <button type="button" class="button small" onClick={() => respond(id, { type: "deny" })}>
        Deny
      </button>
      <button type="button" class="button small primary" onClick={() => respond(id, { type: "approve" })}>
        Allow
      </button>
    </section>
  );
}

/** JSON, or the text that it is. */
function Payload({ label, value, code }: { label: string; value?: JsonValue; code?: CodeText }) {
  const place = useRef<HTMLElement>(null);
  const shown = code ?? value;
  useEffect(() => {
    if (place.current === null) return;
    const view = new CodeView(place.current, shown instanceof CodeText ? shown : codeOf(shown ?? null));
    return () => view.leave();
  }, [shown]);
  return (
    <div class="payload">
      <span>{label}</span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys. */}
      <pre tabIndex={0}>
        <code ref={place} />
      </pre>
    </div>
  );
}

function codeOf(value: JsonValue): CodeText {
  const code =
    typeof value === "string" ? new CodeText("", visibleText(value)) : new CodeText("json", visibleJson(value, 2));
  code.close();
  return code;
}

/** The longest summary, in characters. */
const LONGEST = 80;

/** The arguments in a few words. */
function summaryOf(input: JsonValue | undefined): string {
  if (!isJsonObject(input)) return "";
  const words = Object.values(input).map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  const text = words.join(", ").replace(/\s+/g, " ");
  return visibleText(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
