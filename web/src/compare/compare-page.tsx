import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { servedError, servedNames } from "../api/served-models.js";
import { Icon } from "../design/icon.js";
import { MODIFIER } from "../shell/shortcuts.js";
import { SidebarButton } from "../shell/sidebar.js";
import { Contender } from "./contender.js";
import { ContenderColumn } from "./contender-column.js";
import "./compare.css";

/** More cannot be distinguished on a screen. */
const MOST = 6;

/** Kept while the app is open, so that a look at another page loses nothing. */
const contenders = signal<readonly Contender[]>([]);
const prompt = signal("");
const system = signal("");
let keys = 0;

/** One prompt to several models, side by side. */
export function ComparePage() {
  const served = servedNames.value;
  useEffect(() => {
    document.title = "Compare · Sluice";
  }, []);
  useEffect(() => {
    if (served === undefined || contenders.value.length > 0) return;
    const names = served.filter(({ kind }) => kind !== "workflow").map(({ name }) => name);
    const [first = "", second = first] = names;
    if (first !== "") contenders.value = [first, second].map((name) => new Contender(keys++, name));
  }, [served]);
  return (
    <div class="page compare">
      <header class="page-head">
        <SidebarButton />
        <h1>Compare</h1>
        <span class="grow" />
        <button type="button" class="button small" disabled={contenders.value.length >= MOST} onClick={add}>
          <Icon name="plus" />
          Add a model
        </button>
      </header>
      <PromptForm />
      {served?.length === 0 || servedError.value !== undefined ? <Nothing /> : <Columns />}
    </div>
  );
}

function add(): void {
  const used = new Set(contenders.value.map(({ model }) => model.value));
  const names = (servedNames.value ?? []).map(({ name }) => name);
  const next = names.find((name) => !used.has(name)) ?? names[0];
  if (next !== undefined) contenders.value = [...contenders.value, new Contender(keys++, next)];
}

function remove(contender: Contender): void {
  contender.stop();
  contenders.value = contenders.value.filter((one) => one !== contender);
}

function Columns() {
  return (
    <div class="columns">
      {contenders.value.map((one) => (
        <ContenderColumn
          key={one.key}
          contender={one}
          all={contenders.value}
          onAsk={() => void one.ask(prompt.value, system.value)}
          {...(contenders.value.length > 1 && { onRemove: () => remove(one) })}
        />
      ))}
    </div>
  );
}

function PromptForm() {
  const withSystem = useSignal(system.value !== "");
  const running = contenders.value.some(({ state }) => state.value === "running");
  const askAll = () => {
    if (prompt.value.trim() === "") return;
    for (const one of contenders.value) void one.ask(prompt.value, system.value);
  };
  return (
    <form
      class="prompt-form card"
      onSubmit={(event) => {
        event.preventDefault();
        askAll();
      }}
    >
      {withSystem.value && <SystemPrompt />}
      <textarea
        rows={3}
        aria-label="Prompt for all models"
        placeholder="Ask all of them…"
        value={prompt.value}
        onInput={({ currentTarget }) => {
          prompt.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          askAll();
        }}
      />
      <div class="prompt-actions">
        <button
          type="button"
          class="button small"
          aria-expanded={withSystem.value}
          onClick={() => {
            withSystem.value = !withSystem.value;
            if (!withSystem.value) system.value = "";
          }}
        >
          System prompt
        </button>
        <span class="grow" />
        {running && <StopAll />}
        <button
          type="submit"
          class="button small primary"
          disabled={prompt.value.trim() === ""}
          title={`${MODIFIER} Enter`}
        >
          <Icon name="send" />
          Ask all
        </button>
      </div>
    </form>
  );
}

function SystemPrompt() {
  return (
    <textarea
      class="system"
      rows={2}
      aria-label="System prompt"
      placeholder="System prompt"
      value={system.value}
      onInput={({ currentTarget }) => {
        system.value = currentTarget.value;
      }}
    />
  );
}

function StopAll() {
  const stop = () => {
    for (const one of contenders.value) one.stop();
  };
  return (
    <button type="button" class="button small" onClick={stop}>
      <Icon name="stop" />
      Stop all
    </button>
  );
}

function Nothing() {
  return (
    <div class="empty" role="alert">
      <Icon name="alert" />
      <h2>{servedError.value === undefined ? "Nothing is served" : "The server does not answer"}</h2>
      <p>{servedError.value?.message ?? "Name a model with sluice serve -m, or set a provider's key."}</p>
    </div>
  );
}
