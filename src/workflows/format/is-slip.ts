/** Whether a name looks like a mistyped other one: as long, and of the same letters but one or two. */
export function isSlip(found: string, meant: string): boolean {
  if (Math.abs(found.length - meant.length) > 2 || Math.min(found.length, meant.length) < 4) return false;
  return found.split("_").length === meant.split("_").length || found.replaceAll("_", "") === meant.replaceAll("_", "");
}
