/** Ms of each unit of Go's durations. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** One number with its unit. */
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * A duration as Go writes it (`1h30m`, `500ms`, `-1.5s`, `0`), in ms; `undefined` for anything else.
 * Format: https://pkg.go.dev/time#ParseDuration
 */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = /^[+-]/.test(text) ? text.slice(1) : text;
  if (digits === "0") return 0;
  if (digits === "") return undefined;
  let ms = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < digits.length) {
    const part = PART.exec(digits);
    if (part === null) return undefined;
    ms += Number(part[1]) * (UNITS[part[2] ?? ""] ?? 0);
  }
  return sign * ms;
}

/** The same for component metadata and policies, where a bare whole number is seconds. */
export function parseDaprDuration(text: string): number | undefined {
  return /^-?\d+$/.test(text) ? Number(text) * 1_000 : parseGoDuration(text);
}

/** A duration in ms as Go prints it: `24h0m0s`, `1.5s`, `250ms`. */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return "0s";
  const sign = ms < 0 ? "-" : "";
  const size = Math.abs(ms);
  if (size < 0.001) return `${sign}${trim(size * 1e6)}ns`;
  if (size < 1) return `${sign}${trim(size * 1e3)}µs`;
  if (size < 1_000) return `${sign}${trim(size)}ms`;
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor((size % 3_600_000) / 60_000);
  const seconds = `${trim((size % 60_000) / 1_000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(9)));
}
