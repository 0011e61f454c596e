import type { ConversationStore } from "../../chat/conversation-store.js";
import { openStore } from "../../chat/open-store.js";
import {
  type LoadComponentsOptions,
  loadConversationComponents,
  loadingOptions,
} from "../components/load-conversation-components.js";
import type { ConverseTarget } from "../converse/converse-options.js";
import { Converser } from "../sidecar/converser.js";
import { isDaprStore, openDaprStore } from "../state/open-dapr-store.js";
import type { Backend, BackendCall, Endpoint } from "./backend.js";
import { componentModel } from "./component-model.js";

/** Settings of `InProcessBackend`. */
export interface InProcessOptions extends LoadComponentsOptions {
  /** Where conversations are continued by their context ids; without one an id is only given back. */
  store?: ConversationStore | string | undefined;
}

/** Component files that run in this process. They are loaded when somebody first asks. */
export class InProcessBackend implements Backend {
  readonly name: string;
  readonly #options: InProcessOptions;
  #loading: Promise<Loaded> | undefined;

  constructor(options: InProcessOptions) {
    const { resourcesPath } = options;
    this.name = `the component files in ${typeof resourcesPath === "string" ? resourcesPath : resourcesPath.join(", ")}`;
    this.#options = options;
  }

  open(): Promise<Endpoint> {
    this.#loading ??= load(this.#options).catch((error) => {
      // Files can be put right.
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async close(): Promise<void> {
    const loaded = await this.#loading?.catch(() => undefined);
    await loaded?.close();
  }
}

interface Loaded extends Endpoint {
  close(): Promise<void>;
}

async function load(options: InProcessOptions): Promise<Loaded> {
  const { components } = await loadConversationComponents(loadingOptions(options));
  const store = typeof options.store === "string" ? await openNamed(options.store, options) : options.store;
  const converser = new Converser(components, store);
  return {
    components: [...components.keys()],
    takesFiles: () => true,
    routes: (target: ConverseTarget): BackendCall[] => [
      { model: componentModel(converser, target), how: "in this process", passesOn: () => false },
    ],
    close: async () => {
      // One that was given is its owner's to close.
      if (store !== options.store) await store?.close();
    },
  };
}

async function openNamed(where: string, { env }: InProcessOptions): Promise<ConversationStore> {
  return isDaprStore(where) ? openDaprStore(where, { ...(env !== undefined && { env }) }) : await openStore(where);
}
