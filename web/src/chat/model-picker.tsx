import { useSignal } from "@preact/signals";
import { type ServedName, servedNames } from "../api/served-models.js";
import type { OpenConversation } from "../conversation/conversation.js";
import { Icon, type IconName } from "../design/icon.js";
import { Popover } from "../design/popover.js";
import "./model-picker.css";

const KINDS: readonly { kind: ServedName["kind"]; title: string; icon: IconName }[] = [
  { kind: "model", title: "Models", icon: "chat" },
  { kind: "agent", title: "Agents", icon: "agent" },
  { kind: "workflow", title: "Workflows", icon: "workflow" },
];

/** So many names need a field to find one. */
const MANY = 8;

/** Who answers: a model, an agent or a workflow. */
export function ModelPicker({ conversation }: { conversation: OpenConversation }) {
  const { model } = conversation;
  return (
    <Popover
      label={`Model: ${model || "none"}`}
      class="model-button"
      button={
        <>
          <span class="grow">{model || "No model"}</span>
          <Icon name="down" />
        </>
      }
    >
      {(close) => (
        <ModelList
          chosen={model}
          onChoose={(name) => {
            conversation.change({ model: name });
            close();
          }}
        />
      )}
    </Popover>
  );
}

/** The names that are served, by kind. */
export function ModelList({ chosen, onChoose }: { chosen: string; onChoose(name: string): void }) {
  const wanted = useSignal("");
  const served = servedNames.value ?? [];
  const shown = served.filter(({ name }) => name.toLowerCase().includes(wanted.value.toLowerCase()));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move between the buttons in it.
    <div class="model-list" onKeyDown={moveFocus}>
      {served.length > MANY && (
        <input
          class="input"
          type="search"
          placeholder="Find a model"
          aria-label="Find a model"
          value={wanted.value}
          onInput={({ currentTarget }) => {
            wanted.value = currentTarget.value;
          }}
        />
      )}
      {KINDS.map(({ kind, title, icon }) => {
        const names = shown.filter((one) => one.kind === kind);
        if (names.length === 0) return null;
        return (
          <section key={kind} aria-label={title}>
            <div class="menu-label" aria-hidden="true">
              {title}
            </div>
            {names.map(({ name }) => (
              <button
                key={name}
                type="button"
                class="menu-item"
                aria-pressed={name === chosen}
                onClick={() => onChoose(name)}
              >
                <Icon name={icon} />
                <span class="grow">{name}</span>
                {name === chosen && <Icon name="check" />}
              </button>
            ))}
          </section>
        );
      })}
      {shown.length === 0 && <p class="menu-label">{served.length === 0 ? "Nothing is served." : "No such model."}</p>}
    </div>
  );
}

/** Arrows go from one button of a list to the next. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (by === 0) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button, input[type=search]")];
  const at = items.findIndex((item) => item.matches(":focus"));
  event.preventDefault();
  items[(at + by + items.length) % items.length]?.focus();
}
