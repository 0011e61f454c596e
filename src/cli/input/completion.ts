/** What may stand in place of a text that is being written. */
export interface Completions {
  /** Where in the text it stands, in UTF-16 code units: from there to the cursor. */
  from: number;
  /** Each may stand there. One that ends in `/` is gone on with. */
  values: readonly string[];
}

/** Finds what a text up to the cursor may go on with. */
export type Complete = (text: string) => Promise<Completions | undefined>;

/** The longest beginning that all values share. */
export function sharedBeginning(values: readonly string[]): string {
  const [first = "", ...others] = values;
  let length = first.length;
  for (const other of others) {
    let at = 0;
    while (at < length && first[at] === other[at]) at++;
    length = at;
  }
  return first.slice(0, length);
}

/** Values as they are listed: without the folders, or the provider, that they share. */
export function listed(values: readonly string[], columns: number): string {
  const shared = sharedBeginning(values);
  const names = values.map((value) => value.slice(shared.lastIndexOf("/", shared.length - 1) + 1));
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const across = Math.max(1, Math.floor(columns / width));
  const down = Math.ceil(names.length / across);
  const rows = Array.from({ length: down }, (_, row) =>
    names
      .filter((_, index) => index % down === row)
      .map((name) => name.padEnd(width))
      .join("")
      .trimEnd(),
  );
  return rows.join("\n");
}
