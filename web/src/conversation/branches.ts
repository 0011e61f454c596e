import type { TurnRecord } from "../store/records.js";

/** Where a turn stands among those that could stand in its place. */
export interface BranchPlace {
  /** Counted from 0. */
  readonly index: number;
  readonly count: number;
}

/** The turns of a conversation as a tree: one path of it is shown. */
export class Branches<Turn extends Pick<TurnRecord, "id" | "parent" | "at">> {
  readonly #turns = new Map<string, Turn>();
  /** By parent, in the order of their times; those without one under `""`. */
  readonly #children = new Map<string, Turn[]>();

  constructor(turns: readonly Turn[] = []) {
    for (const turn of turns.toSorted((a, b) => a.at - b.at)) this.add(turn);
  }

  /** Adds a turn, or puts it in the place of the one that has its id. */
  add(turn: Turn): void {
    this.#turns.set(turn.id, turn);
    const parent = turn.parent ?? "";
    const children = this.#children.get(parent) ?? [];
    const place = children.findIndex(({ id }) => id === turn.id);
    this.#children.set(parent, place === -1 ? [...children, turn] : children.with(place, turn));
  }

  find(id: string | undefined): Turn | undefined {
    return id === undefined ? undefined : this.#turns.get(id);
  }

  /** From the first turn to `head`. */
  path(head: string | undefined): Turn[] {
    const path: Turn[] = [];
    const seen = new Set<string>();
    for (let turn = this.find(head); turn !== undefined && !seen.has(turn.id); turn = this.find(turn.parent)) {
      seen.add(turn.id);
      path.push(turn);
    }
    return path.reverse();
  }

  place({ id, parent }: Turn): BranchPlace {
    const siblings = this.#children.get(parent ?? "") ?? [];
    return { index: siblings.findIndex((one) => one.id === id), count: siblings.length };
  }

  /** The newest end of the branch that lies `by` places beside a turn's. */
  beside(turn: Turn, by: number): Turn | undefined {
    const siblings = this.#children.get(turn.parent ?? "") ?? [];
    const other = siblings[this.place(turn).index + by];
    return other === undefined ? undefined : this.#end(other);
  }

  #end(turn: Turn): Turn {
    let end = turn;
    for (let next = this.#children.get(end.id)?.at(-1); next !== undefined; next = this.#children.get(end.id)?.at(-1)) {
      end = next;
    }
    return end;
  }
}
