/** Who asks. */
export interface Caller {
  /** The name of its key; `local` where the server asks for none. What it owns (runs, conversations) is owned under this name. */
  readonly name: string;
  /** The models that it may ask, by their names; absent: all. */
  readonly models?: ReadonlySet<string>;
}

/** Everybody, where no key is asked for. */
export const LOCAL: Caller = { name: "local" };
