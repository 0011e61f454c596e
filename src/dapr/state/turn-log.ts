import { randomBytes } from "node:crypto";
import type { ConversationHead } from "./conversation-head.js";
import type { StateChange, StateClient } from "./state-client.js";
import type { StateKeys } from "./state-keys.js";
import { namesIn, type TurnTree, withTurn } from "./turn-tree.js";

/** A turn that is to be stored with its conversation's head. */
export interface NewTurn {
  /** What the head calls it. */
  token: string;
  /** The tree of the head that names it. */
  tree: TurnTree;
  /** The turn's record, and those of nodes that became full with it. */
  changes: StateChange[];
}

/** The names of all records of a conversation beside its head. */
export interface LoggedNames {
  /** The oldest first. */
  turns: string[];
  nodes: string[];
  /** The key of one that is not there: the conversation was deleted meanwhile, or lost. */
  missing: string | undefined;
}

/** What was appended to conversations: a record for each append, which never changes. */
export class TurnLog {
  readonly #state: StateClient;
  readonly #keys: StateKeys;

  constructor(state: StateClient, keys: StateKeys) {
    this.#state = state;
    this.#keys = keys;
  }

  /** Prepares the next turn. Its name is its writer's own: one that loses the race overwrites nothing. */
  next({ run, version, turns }: ConversationHead, messages: readonly string[]): NewTurn {
    const token = `${version.toString(36)}-${randomBytes(6).toString("base64url")}`;
    const { tree, nodes } = withTurn(turns, token, (level) => `${token}-${level}`);
    const changes = nodes.map((node) => this.#put(run, node.token, node.children));
    return { token, tree, changes: [this.#put(run, token, messages), ...changes] };
  }

  /** Messages as they were appended, the oldest first; `missing` as in `names`. */
  async read(head: ConversationHead): Promise<{ messages: string[]; missing: string | undefined }> {
    const { turns, missing } = await this.names(head);
    const keys = turns.map((token) => this.#keys.turn(head.run, token));
    const records = await this.#records(keys);
    const messages = keys.flatMap((key) => records.get(key) ?? []);
    return { messages, missing: missing ?? keys.find((key) => !records.has(key)) };
  }

  /** What a head names, through all of its nodes: one round of reads for each level. */
  async names({ run, turns }: ConversationHead): Promise<LoggedNames> {
    const nodes: string[] = [];
    let missing: string | undefined;
    let names = namesIn(turns);
    for (;;) {
      const open = names.filter(({ level }) => level > 0).map(({ token }) => token);
      if (open.length === 0) return { turns: names.map(({ token }) => token), nodes, missing };
      nodes.push(...open);
      const records = await this.#records(open.map((token) => this.#keys.turn(run, token)));
      names = names.flatMap((name) => {
        if (name.level === 0) return [name];
        const key = this.#keys.turn(run, name.token);
        if (!records.has(key)) missing ??= key;
        return (records.get(key) ?? []).map((token) => ({ token, level: name.level - 1 }));
      });
    }
  }

  #put(run: string, token: string, value: readonly string[]): StateChange {
    return { type: "upsert", key: this.#keys.turn(run, token), value };
  }

  /** Records that should be there: one that a read of many did not find yet is asked for itself. */
  async #records(keys: readonly string[]): Promise<Map<string, string[]>> {
    const records = (await this.#state.getMany(keys)) as Map<string, string[]>;
    for (const key of keys) {
      if (records.has(key)) continue;
      const found = await this.#state.get(key);
      if (found !== undefined) records.set(key, found.value as string[]);
    }
    return records;
  }
}
