/** US dollars for people: cents from a dollar on, hundredths of a cent below. */
export function formatUsd(usd: number): string {
  if (usd > 0 && usd < 0.0001) return "<$0.0001";
  return `$${usd.toFixed(usd === 0 || usd >= 1 ? 2 : 4)}`;
}
