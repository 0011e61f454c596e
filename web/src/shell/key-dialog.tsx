import { loadServedNames } from "../api/served-models.js";
import { key, keyWanted, takeKey } from "../api/server.js";
import { Dialog } from "../design/dialog.js";

/** Asks for the key of a server that wants one. */
export function KeyDialog() {
  const close = () => {
    keyWanted.value = false;
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    takeKey(String(new FormData(event.currentTarget).get("key") ?? ""));
    void loadServedNames();
  };
  return (
    <Dialog open={keyWanted.value} label="Key" class="small" onClose={close}>
      <form class="dialog-body" onSubmit={submit}>
        <div class="dialog-head">
          <h2>This server asks for a key</h2>
        </div>
        {key.value !== "" && <p class="notice danger">The key that this browser has was refused.</p>}
        <label class="field">
          <span>Key</span>
          <input class="input" name="key" type="password" autocomplete="off" required />
          <small>It is kept in this browser, and sent to this server alone.</small>
        </label>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={close}>
            Not now
          </button>
          <button type="submit" class="button primary">
            Go on
          </button>
        </div>
      </form>
    </Dialog>
  );
}
