/**
 * The id of a request for input about a tool call: the path of call ids that leads to it from the outermost stream, so that
 * it is unique at any depth and the same in every process.
 *
 * @param callPath of the call that this stream runs for, where it is nested.
 * @param taken ids of earlier requests: some services use a call id in several answers.
 */
export function requestIdOf(callPath: string | undefined, callId: string, taken: ReadonlySet<string>): string {
  const id = callPath === undefined ? callId : `${callPath}/${callId}`;
  for (let count = 1; ; count++) {
    const numbered = count === 1 ? id : `${id}#${count}`;
    if (!taken.has(numbered)) return numbered;
  }
}

/** Whether a request for input is about a tool call, or about something inside it. */
export function isRequestOf(id: string, callId: string): boolean {
  return id === callId || id.startsWith(`${callId}/`) || id.startsWith(`${callId}#`);
}
