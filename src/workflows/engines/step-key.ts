/** The key of the step that a note belongs to: `answer:RUN:KEY`, or `name:KEY`. */
export function stepOfNote(name: string, runId: string): string {
  const rest = name.slice(name.indexOf(":") + 1);
  const named = rest.startsWith(`${runId}:`) ? rest.slice(runId.length + 1) : rest;
  return name.startsWith("until:") ? named.slice(named.indexOf(":") + 1) : named;
}

/** The id of the outermost step of a key: that of `each[3]/summarise#2` is `each`. */
export function outermostStep(key: string): string {
  return /^[^#/[]+/.exec(key)?.[0] ?? key;
}
