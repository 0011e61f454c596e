import type { OpenConversation } from "../conversation/conversation.js";
import { exportMarkdown } from "../conversation/export-conversation.js";
import { Icon } from "../design/icon.js";
import { Popover } from "../design/popover.js";
import { goTo } from "../shell/route.js";
import { SidebarButton, sidebarOpen } from "../shell/sidebar.js";
import { ModelPicker } from "./model-picker.js";
import { SettingsDialog } from "./settings-dialog.js";
import { settingsOpen } from "./settings-state.js";

/** Above a conversation: who answers, and what can be done with it. */
export function ChatHead({ conversation }: { conversation: OpenConversation }) {
  const { path } = conversation;
  return (
    <header class="chat-head">
      <SidebarButton />
      {!sidebarOpen.value && (
        <button type="button" class="icon-button" aria-label="New chat" title="New chat" onClick={() => goTo(["chat"])}>
          <Icon name="plus" />
        </button>
      )}
      <ModelPicker conversation={conversation} />
      <span class="grow" />
      <button
        type="button"
        class="icon-button"
        aria-label="Settings of this chat"
        title="Settings of this chat"
        onClick={() => {
          settingsOpen.value = true;
        }}
      >
        <Icon name="settings" />
      </button>
      {path.value.length > 0 && (
        <Popover label="More" class="icon-button" align="end" button={<Icon name="more" />}>
          {(close) => (
            <button
              type="button"
              class="menu-item"
              onClick={() => {
                exportMarkdown(conversation.title, path.value);
                close();
              }}
            >
              <Icon name="download" />
              Export as Markdown
            </button>
          )}
        </Popover>
      )}
      <SettingsDialog conversation={conversation} />
    </header>
  );
}
