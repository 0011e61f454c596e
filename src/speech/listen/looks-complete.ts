/** Words after which somebody who pauses is about to go on. */
const OPEN_ENDS = new Set(
  `and or but because if when while although which whose to of from with as into than the a an my your his their our
   und oder aber weil wenn dass der die das ein eine mit von zu et ou mais parce que si le la les un une de pour y o pero
   porque el los las um uh er hmm`.split(/\s+/),
);

/** How much of the end is looked at, in characters. */
const LOOKED_AT = 200;

/** Whether what somebody has said looks complete, so that a pause after it is the end of their turn and not a breath. */
export function looksComplete(text: string): boolean {
  const end = text.trimEnd().slice(-LOOKED_AT);
  if (end.trim() === "") return false;
  if (/[?!]["”'’)\]]*$/.test(end) || /[。！？؟।]$/.test(end)) return true;
  // Recognisers put a full stop or an ellipsis where somebody trails off.
  if (/(?:\.{2,}|…|[,;:\-–—])$/.test(end)) return false;
  const last = /[\p{L}'’]+(?=[^\p{L}]*$)/u.exec(end)?.[0].toLowerCase() ?? "";
  return !OPEN_ENDS.has(last);
}
