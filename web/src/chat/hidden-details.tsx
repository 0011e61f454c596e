import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../design/icon.js";
import { Popover } from "../design/popover.js";
import type { HiddenDetail } from "../privacy/hide-personal.js";

/** What of a question the model was not shown, and what it was shown in its place. */
export function HiddenDetails({ conversation, text }: { conversation: string; text: string }) {
  const details = useSignal<readonly HiddenDetail[]>([]);
  useEffect(() => {
    void import("../privacy/hide-personal.js").then(({ hiddenIn }) => {
      details.value = hiddenIn(conversation, text);
    });
  }, [conversation, text, details]);
  const { value } = details;
  if (value.length === 0) return null;
  const count = value.length === 1 ? "1 detail hidden" : `${value.length} details hidden`;
  return (
    <Popover
      label={`${count} from the model`}
      class="badge hidden-details"
      align="end"
      button={
        <>
          <Icon name="shield" />
          {count}
        </>
      }
    >
      {() => (
        <table class="hidden-table">
          <thead>
            <tr>
              <th scope="col">You wrote</th>
              <th scope="col">The model sees</th>
            </tr>
          </thead>
          <tbody>
            {value.map((detail) => (
              <tr key={detail.placeholder}>
                <td>{detail.value}</td>
                <td>
                  <code>{detail.placeholder}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Popover>
  );
}
