import type { Touch } from "../steps/step-type.js";
import { circleOf } from "./circle-of.js";
import { comesBefore } from "./comes-before.js";
import { either, type Guards, narrow } from "./guards.js";
import type { LoopBack, Need } from "./plan.js";

/** A step as far as the flow between steps goes. */
export interface FlowStep {
  index: number;
  /** Where it may go next, END left out. */
  targets: ReadonlySet<number>;
  /** Whether it goes to one of several, or to none: its choice decides what runs. */
  chooses: boolean;
  /** Whether its author states where it goes. */
  explicit: boolean;
  /** What it reads, and whether it can do without. */
  reads: readonly { from: number; optional: boolean; live: boolean }[];
  /** What its author puts before it. */
  after: readonly number[];
  /** It may be skipped by a condition of its own. */
  conditional: boolean;
  /** It is enough that one of its reads of a step is live. */
  patient: boolean;
  /** It runs where not all that it reads was made. */
  toleratesGaps: boolean;
  /** What it touches outside of the run. */
  touches: readonly Touch[];
  /** `after`: what follows in the file waits for it; `alone`: it also waits for all before it. */
  barrier?: "after" | "alone";
  /** It may end the run. */
  ends: boolean;
}

/** Who touched something so far. */
interface Touched {
  writers: number[];
  adders: number[];
  readers: number[];
}

/** How the steps of a plan hang together. */
export interface Flow {
  needs: Need[][];
  gates: number[][];
  loops: LoopBack[];
  /** Reads that a loop carries from one round to the next: of each step, those that come later in the loop. */
  carried: ReadonlySet<string>;
  /** Steps in a circle, if there is one. */
  cycle?: number[];
  /** Of each step, whether it may be skipped. */
  maySkip: boolean[];
  /** Steps that were put into a branch because they stand in it. */
  implied: ReadonlyMap<number, number>;
}

/**
 * Works out the order of the steps. What a step reads comes before it; a step that another names as its next runs only
 * when it is chosen; branches exclude one another, and a step that reads several of them joins them. Steps that touch
 * the same thing keep the order of the file. A way back to an earlier step is a loop.
 */
export function flowOf(steps: readonly FlowStep[]): Flow {
  return new FlowBuilder(steps).build();
}

class FlowBuilder {
  readonly #steps: readonly FlowStep[];
  readonly #reads: { from: number; optional: boolean; live: boolean }[][];
  readonly #gates: number[][];
  readonly #order: Set<number>[];
  readonly #loops: LoopBack[] = [];
  readonly #carried = new Set<string>();
  readonly #implied = new Map<number, number>();
  /** Of each step: for each router, the targets under which it runs. */
  #guards: Guards[] = [];
  #backwards = false;

  constructor(steps: readonly FlowStep[]) {
    this.#steps = steps;
    this.#reads = steps.map((step) => [...step.reads]);
    this.#gates = steps.map(() => []);
    this.#order = steps.map((step) => new Set(step.after));
  }

  build(): Flow {
    this.#findLoops();
    this.#findGates();
    this.#guards = this.#guardsOf();
    if (this.#placeByPosition()) this.#guards = this.#guardsOf();
    const needs = this.#dataNeeds();
    this.#backwards = this.#steps.some(({ index }) => [...this.#sources(index)].some((from) => from >= index));
    this.#orderByFile();
    for (const [index, order] of this.#order.entries()) {
      const known = new Set(needs[index]?.map(({ from }) => from));
      for (const from of order) {
        if (!known.has(from)) needs[index]?.push({ from, kind: "order", required: false, live: false });
      }
    }
    const cycle = circleOf(this.#steps.length, (index) => this.#sources(index));
    return {
      needs,
      gates: this.#gates,
      loops: this.#loops,
      carried: this.#carried,
      ...(cycle && { cycle }),
      maySkip: this.#maySkip(needs),
      implied: this.#implied,
    };
  }

  /** A way to an earlier step is a loop, unless that step needs this one anyway. */
  #findLoops(): void {
    for (const { index, targets } of this.#steps) {
      for (const target of targets) {
        if (target > index || (target !== index && this.#isPulled(target, index))) continue;
        this.#loops.push({ from: index, to: target });
      }
    }
    // Within a loop, what comes later in the file can only be read in the round after.
    for (const { from: last, to: first } of this.#loops) {
      for (let index = first; index <= last; index++) {
        const reads = this.#reads[index] ?? [];
        this.#reads[index] = reads.filter(({ from }) => {
          const isCarried = from >= index && from <= last && (from === index || this.#readsFrom(from, index));
          if (isCarried) this.#carried.add(`${index}<${from}`);
          return !isCarried;
        });
      }
    }
  }

  /** Whether an earlier step waits for a later one, which in turn does not wait for it: the way there is no way back. */
  #isPulled(target: number, index: number): boolean {
    return this.#readsFrom(target, index) && !this.#readsFrom(index, target);
  }

  /** Whether a step reads another, directly or through others. */
  #readsFrom(reader: number, source: number): boolean {
    const seen = new Set<number>([reader]);
    const queue = [reader];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const { from } of this.#reads[at] ?? []) {
        if (from === source) return true;
        if (!seen.has(from)) queue.push(from);
        seen.add(from);
      }
    }
    return false;
  }

  #findGates(): void {
    for (const { index, targets } of this.#steps) {
      for (const target of targets) {
        if (!this.#isLoop(index, target)) this.#gates[target]?.push(index);
      }
    }
    // A step that always runs, and only says that what reads it comes next, adds nothing to another's choice.
    const before = this.#gates.map((gates) => gates.length);
    for (const [index, gates] of this.#gates.entries()) {
      const deciding = gates.filter(
        (gate) => this.#steps[gate]?.chooses || before[gate] !== 0 || !this.#readsFrom(index, gate),
      );
      if (deciding.length > 0) this.#gates[index] = deciding;
    }
  }

  #isLoop(from: number, to: number): boolean {
    return this.#loops.some((loop) => loop.from === from && loop.to === to);
  }

  /** Of each step, under which choices it runs. */
  #guardsOf(): Guards[] {
    const guards: (Guards | undefined)[] = this.#steps.map(() => undefined);
    const visit = (index: number, path: Set<number>): Guards => {
      const known = guards[index];
      if (known !== undefined) return known;
      if (path.has(index)) return new Map();
      path.add(index);
      const own = this.#gateGuards(index, (gate) => visit(gate, path));
      if ((this.#gates[index] ?? []).length === 0) {
        const sources = this.#reads[index]?.filter(({ optional }) => !optional) ?? [];
        for (const { from } of sources) narrow(own, visit(from, path), sources.length > 1);
      }
      path.delete(index);
      guards[index] = own;
      return own;
    };
    for (const { index } of this.#steps) visit(index, new Set());
    return guards.map((guard) => guard ?? new Map());
  }

  #gateGuards(index: number, visit: (gate: number) => Guards): Guards {
    let all: Guards | undefined;
    for (const gate of this.#gates[index] ?? []) {
      const guards = new Map([...visit(gate)].map(([router, targets]) => [router, new Set(targets)]));
      if (this.#steps[gate]?.chooses) guards.set(gate, new Set([index]));
      all = all === undefined ? guards : either(all, guards);
    }
    return all ?? new Map();
  }

  /** Two steps exclude one another where a choice that both depend on allows only one of them. */
  #exclude(a: number, b: number): boolean {
    for (const [router, targets] of this.#guards[a] ?? []) {
      const others = this.#guards[b]?.get(router);
      if (others !== undefined && ![...targets].some((target) => others.has(target))) return true;
    }
    return false;
  }

  /** A step between two branches that has no tie to either belongs to the one before it. */
  #placeByPosition(): boolean {
    for (const { targets, chooses, index } of this.#steps) {
      const branches = [...targets].filter((target) => !this.#isLoop(index, target)).sort((a, b) => a - b);
      if (!chooses || branches.length < 2) continue;
      for (const [at, first] of branches.entries()) {
        const end = branches[at + 1];
        for (let step = first + 1; end !== undefined && step < end; step++) this.#follow(step);
      }
    }
    return this.#implied.size > 0;
  }

  #follow(at: number): void {
    const before = this.#steps[at - 1];
    const free = (this.#gates[at] ?? []).length === 0 && (this.#guards[at]?.size ?? 0) === 0;
    if (!free || before === undefined || before.explicit || this.#readsFrom(at - 1, at)) return;
    const reads = this.#reads[at] ?? [];
    if (reads.some(({ from }) => (this.#guards[from]?.size ?? 0) > 0)) return;
    this.#gates[at]?.push(at - 1);
    this.#implied.set(at, at - 1);
    this.#guards[at] = new Map(this.#guards[at - 1]);
  }

  #dataNeeds(): Need[][] {
    return this.#reads.map((reads, index) => {
      const merged = new Map<number, Need>();
      const chosen = (this.#gates[index] ?? []).length > 0 && !this.#implied.has(index);
      const tolerant = chosen || this.#steps[index]?.toleratesGaps === true;
      for (const { from, optional, live } of reads) {
        const alternative = reads.some((other) => other.from !== from && this.#exclude(other.from, from));
        const needed = !optional && !tolerant;
        const required = needed && !alternative;
        const known = merged.get(from);
        merged.set(from, {
          from,
          kind: "data",
          required: required || known?.required === true,
          ...(needed && alternative && { alternative: true as const }),
          live: this.#steps[index]?.patient ? live || known?.live === true : live && known?.live !== false,
        });
      }
      return [...merged.values()];
    });
  }

  /** Steps that touch the same thing, barriers, steps that may end the run, and what follows a loop. */
  #orderByFile(): void {
    const touched = new Map<string, Touched>();
    let barrier: number | undefined;
    let since: number[] = [];
    const anyOf = new Set(this.#steps.flatMap(({ touches }) => touches.flatMap(({ what }) => kindOfAny(what) ?? [])));
    for (const { index, touches, barrier: kind, ends } of this.#steps) {
      if (barrier !== undefined) this.#before(barrier, index);
      for (const { what, writes } of touches) {
        const [kind = ""] = what.split(":", 1);
        this.#touch(touched, { what: anyOf.has(kind) ? kind : what, writes }, index);
      }
      if (kind === "alone") for (const earlier of since) this.#before(earlier, index);
      since.push(index);
      if (kind !== undefined || ends) {
        barrier = index;
        since = [index];
      }
    }
    for (const { from, to } of this.#loops) this.#afterLoop(from, to);
  }

  /** Readers come after writers, and writers after readers and one another; those that only add need no order among them. */
  #touch(touched: Map<string, Touched>, { what, writes }: Touch, index: number): void {
    const before = touched.get(what) ?? { writers: [], adders: [], readers: [] };
    touched.set(what, before);
    const { writers, adders, readers } = before;
    if (writes === false) {
      for (const earlier of adders.length > 0 ? adders : writers) this.#before(earlier, index);
      readers.push(index);
    } else if (writes === "adds") {
      for (const earlier of readers.length > 0 ? readers : writers) this.#before(earlier, index);
      adders.push(index);
    } else {
      for (const earlier of [...writers, ...adders, ...readers]) this.#before(earlier, index);
      touched.set(what, { writers: [index], adders: [], readers: [] });
    }
  }

  /** What depends on a loop and comes after it in the file waits for its end. */
  #afterLoop(from: number, to: number): void {
    const dependent = new Set<number>();
    for (let index = to; index <= from; index++) dependent.add(index);
    for (const { index } of this.#steps) {
      if (index > from && [...this.#sources(index)].some((source) => dependent.has(source))) {
        dependent.add(index);
        this.#before(from, index);
      }
    }
  }

  /** Adds an order unless it would close a circle. */
  #before(earlier: number, later: number): void {
    if (earlier === later) return;
    if (this.#order[later]?.has(earlier)) return;
    if (this.#backwards && comesBefore(later, earlier, (at) => this.#sources(at))) return;
    this.#order[later]?.add(earlier);
  }

  *#sources(index: number): Generator<number> {
    for (const { from } of this.#reads[index] ?? []) yield from;
    yield* this.#gates[index] ?? [];
    yield* this.#order[index] ?? [];
  }

  #maySkip(needs: readonly Need[][]): boolean[] {
    const skip: boolean[] = this.#steps.map(
      ({ index, conditional }) => conditional || (this.#guards[index]?.size ?? 0) > 0,
    );
    for (let changed = true; changed; ) {
      changed = false;
      for (const [index, own] of needs.entries()) {
        if (skip[index] || !own.some(({ from, required }) => required && skip[from])) continue;
        skip[index] = true;
        changed = true;
      }
    }
    return skip;
  }
}

/** The kind of which a step may touch any: `conversation` of `conversation:*`. */
function kindOfAny(what: string): string | undefined {
  return what.endsWith(":*") ? what.slice(0, -":*".length) : undefined;
}
