import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "../design/dialog.js";
import { isEnter } from "../design/enter-key.js";
import { Icon } from "../design/icon.js";
import { type Command, commands, findCommands, namedCommands } from "./commands.js";
import { paletteOpen } from "./palette-state.js";
import "./palette.css";

/** How long one has not typed before what was said is searched, in ms. */
const PAUSE_MS = 120;

/** Everything that can be done, and every conversation, by its name: Ctrl or Command and K. */
export function Palette() {
  const close = () => {
    paletteOpen.value = false;
  };
  return (
    <Dialog open={paletteOpen.value} label="Search and commands" class="palette" onClose={close}>
      <Finder onDone={close} />
    </Dialog>
  );
}

function Finder({ onDone }: { onDone(): void }) {
  const { wanted, found, chosen } = useFoundCommands();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  });
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onDone();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const count = found.value.length;
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by !== 0 && count > 0) chosen.value = (chosen.value + by + count) % count;
    else if (isEnter(event)) run(found.value[chosen.value]);
    else return;
    event.preventDefault();
  };
  const active = found.value[chosen.value];
  return (
    <>
      <div class="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={active === undefined ? undefined : `command-${chosen.value}`}
          aria-label="Search chats and commands"
          placeholder="Search chats and commands"
          autocomplete="off"
          spellcheck={false}
          value={wanted.value}
          onInput={({ currentTarget }) => {
            wanted.value = currentTarget.value;
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id="palette-list" class="palette-list" role="listbox" aria-label="Results" ref={list}>
        {found.value.map((command, index) => (
          <Found
            key={command.id}
            id={`command-${index}`}
            command={command}
            chosen={index === chosen.value}
            onChoose={() => {
              chosen.value = index;
            }}
            onRun={() => run(command)}
          />
        ))}
        {found.value.length === 0 && <p class="palette-none">Nothing is called that, or says it.</p>}
      </div>
    </>
  );
}

/** What is searched for, the commands that were found, and the index of the one that Enter runs. */
function useFoundCommands() {
  const wanted = useSignal("");
  const chosen = useSignal(0);
  const found = useSignal<readonly Command[]>([]);
  const known = useComputed(commands);
  useEffect(() => {
    found.value = namedCommands(wanted.value, known.value);
    chosen.value = 0;
    const leaving = new AbortController();
    const timer = setTimeout(async () => {
      const all = await findCommands(wanted.value, known.value, leaving.signal);
      // What is chosen stays where it is: these stand below the named ones.
      if (!leaving.signal.aborted) found.value = all;
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [wanted.value, known.value, found, chosen, wanted, known]);
  return { wanted, found, chosen };
}

interface FoundProps {
  id: string;
  command: Command;
  chosen: boolean;
  onChoose(): void;
  onRun(): void;
}

function Found({ id, command, chosen, onChoose, onRun }: FoundProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus, and names the chosen one.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys.
    <div id={id} class="menu-item" role="option" aria-selected={chosen} onClick={onRun} onMouseMove={onChoose}>
      <Icon name={command.icon} />
      <span class="grow">{command.title}</span>
      {command.keys !== undefined && <kbd>{command.keys}</kbd>}
    </div>
  );
}
