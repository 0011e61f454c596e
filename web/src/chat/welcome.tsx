import { loadServedNames, servedError, servedNames } from "../api/served-models.js";
import type { OpenConversation } from "../conversation/conversation.js";
import { Icon } from "../design/icon.js";
import { focusComposer } from "./composer-focus.js";
import { setDraft } from "./drafts.js";
import { deletedElsewhere } from "./follow-tabs.js";

const IDEAS = [
  { title: "Explain a thing", text: "Explain how a lock keeps two threads apart, with a small example in Go." },
  { title: "Compare", text: "Compare SQLite, PostgreSQL and Redis for keeping chat histories, as a table." },
  { title: "Draft", text: "Draft a short, friendly note that asks a colleague for a review by Friday." },
];

/** A conversation without messages. */
export function Welcome() {
  const error = servedError.value;
  const served = servedNames.value;
  return (
    <div class="welcome">
      <h1>What would you like to know?</h1>
      {deletedElsewhere.value && (
        <p class="notice" role="status">
          <Icon name="trash" />
          <span>The chat that stood here was deleted in another tab.</span>
        </p>
      )}
      {error !== undefined && (
        <div class="notice danger" role="alert">
          <Icon name="alert" />
          <span class="grow">The server’s models are not known: {error.message}.</span>
          <button type="button" class="button small" onClick={() => void loadServedNames()}>
            Try again
          </button>
        </div>
      )}
      {served?.length === 0 && (
        <p class="notice warning">
          <Icon name="alert" />
          <span>This server serves no model that you may ask.</span>
        </p>
      )}
      {served?.length === 1 && served[0]?.name === "echo" && (
        <p class="notice">
          <Icon name="chat" />
          <span>
            Only <b>echo</b> is configured: it repeats what you write. Set a key, such as <code>OPENAI_API_KEY</code>,
            or start Ollama, and start the server anew.
          </span>
        </p>
      )}
    </div>
  );
}

/** What one could ask; a choice is put where one writes. */
export function Ideas({ conversation }: { conversation: OpenConversation }) {
  const choose = (text: string) => {
    setDraft(conversation.id, text);
    focusComposer();
  };
  return (
    <ul class="ideas" aria-label="Examples">
      {IDEAS.map(({ title, text }) => (
        <li key={title}>
          <button type="button" onClick={() => choose(text)}>
            <b>{title}</b>
            <span>{text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
