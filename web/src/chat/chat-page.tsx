import type { PageProps } from "../shell/page.js";

/** The chat. */
export function ChatPage(_: PageProps) {
  return (
    <div class="empty">
      <h2>What would you like to know?</h2>
    </div>
  );
}
