/** An address without what may be a secret in it: what stands before the host, and the values of its query. */
export function shownUrl(url: string): string {
  return url.replace(/^([\w+.-]*:?\/\/)[^/?#]*@/, "$1…@").replace(/(?<=[?&#;][^=&#;?]+=)[^&#;]*/g, "…");
}
