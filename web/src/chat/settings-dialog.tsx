import { useRef } from "preact/hooks";
import type { ReasoningEffort } from "../../../src/stream/chat-request.js";
import type { OpenConversation } from "../conversation/conversation.js";
import { Dialog } from "../design/dialog.js";
import { Icon } from "../design/icon.js";
import type { ConversationSettings } from "../store/records.js";
import { settingsOpen } from "./settings-state.js";

const EFFORTS: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "max"];

/** What is asked of the model in every turn. */
export function SettingsDialog({ conversation }: { conversation: OpenConversation }) {
  const close = () => {
    settingsOpen.value = false;
  };
  return (
    <Dialog open={settingsOpen.value} label="Settings of this chat" onClose={close}>
      <Settings key={conversation.id} conversation={conversation} onDone={close} />
    </Dialog>
  );
}

function Settings({ conversation, onDone }: { conversation: OpenConversation; onDone(): void }) {
  const { system, temperature, maxTokens, effort, hidePersonal } = conversation.settings;
  const opened = useRef(conversation.settings);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    conversation.change(changesOf(opened.current, new FormData(event.currentTarget)));
    onDone();
  };
  return (
    <form class="dialog-body" onSubmit={submit}>
      <div class="dialog-head">
        <h2>Settings of this chat</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={onDone}>
          <Icon name="close" />
        </button>
      </div>
      <label class="field">
        <span>System prompt</span>
        <textarea
          class="input"
          name="system"
          rows={5}
          defaultValue={system ?? ""}
          placeholder="What the model should know, and how it should answer"
        />
      </label>
      <div class="field-row">
        <NumberField
          label="Temperature"
          name="temperature"
          min={0}
          max={2}
          step={0.1}
          value={temperature}
          hint="the model’s"
        />
        <NumberField label="Longest answer" name="maxTokens" min={1} step={1} value={maxTokens} hint="tokens" />
        <EffortField chosen={effort} />
      </div>
      <label class="switch">
        <span>
          Hide personal data
          <small>
            E-mail addresses, cards, telephone numbers and the like are replaced before anything leaves this browser.
          </small>
        </span>
        <input type="checkbox" name="hidePersonal" defaultChecked={hidePersonal === true} />
      </label>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Save
        </button>
      </div>
    </form>
  );
}

/** What is not as it was when the dialog was opened: the rest may have been changed in another tab meanwhile. */
function changesOf(opened: ConversationSettings, data: FormData): Partial<ConversationSettings> {
  const number = (name: string) => (data.get(name) === "" ? undefined : Number(data.get(name)));
  const given: Record<string, unknown> = {
    system: String(data.get("system") ?? "") || undefined,
    temperature: number("temperature"),
    maxTokens: number("maxTokens"),
    effort: EFFORTS.find((one) => one === data.get("effort")),
    hidePersonal: data.has("hidePersonal") || undefined,
  };
  const before: Record<string, unknown> = { ...opened, hidePersonal: opened.hidePersonal || undefined };
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => value !== before[name]));
}

interface NumberFieldProps {
  label: string;
  name: string;
  min: number;
  max?: number;
  step: number;
  value: number | undefined;
  /** Stands in the field while it is empty. */
  hint: string;
}

function NumberField({ label, value, hint, ...attributes }: NumberFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input class="input" type="number" defaultValue={value} placeholder={hint} {...attributes} />
    </label>
  );
}

function EffortField({ chosen }: { chosen: ReasoningEffort | undefined }) {
  return (
    <label class="field">
      <span>Reasoning</span>
      <select class="input" name="effort">
        <option value="">the model’s</option>
        {EFFORTS.map((one) => (
          <option key={one} value={one} selected={one === chosen}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
