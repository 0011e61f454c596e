/** A version without what stands before and after its three numbers. */
type Version = readonly [major: number, minor: number, patch: number];

/**
 * Whether a version is in a range of npm's, of the forms that `peerDependencies` has here: `^1.2.3`, `~1.2.3`, `1.2.3`, and
 * several of them with `||` between. Versions before a release (`2.0.0-beta.1`) count as the release.
 * Source: https://github.com/npm/node-semver#ranges
 */
export function isInRange(version: string, range: string): boolean {
  const found = versionOf(version);
  return range.split("||").some((one) => {
    const [, sign = "", rest = ""] = /^\s*([~^]?)([\s\S]*)$/.exec(one) ?? [];
    const least = versionOf(rest);
    if (compare(found, least) < 0) return false;
    const fixed = sign === "" ? 3 : sign === "~" ? 2 : leadingZeros(least) + 1;
    return least.slice(0, fixed).every((number, index) => found[index] === number);
  });
}

/** The newest release of a range as `npm install` takes it without quotes: `9` for `^8.0.1 || ^9.0.0`, `0.5` for `^0.5.29`. */
export function newestOf(range: string): string {
  const last = range.split("||").at(-1)?.trim() ?? "";
  const version = versionOf(last.replace(/^[~^]/, ""));
  if (/^\d/.test(last)) return last;
  return version.slice(0, last.startsWith("~") || version[0] === 0 ? 2 : 1).join(".");
}

function versionOf(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = (text.trim().split(/[-+]/)[0] ?? "").split(".").map(Number);
  return [major, minor, patch];
}

/** How many of the first two numbers are 0: `^` fixes those and the first that is not. */
function leadingZeros([major, minor]: Version): number {
  return major > 0 ? 0 : minor > 0 ? 1 : 2;
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
