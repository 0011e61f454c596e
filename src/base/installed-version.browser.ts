/** A page has no folders of packages: what it imports is what its bundler found. */
export function installedVersion(_name: string): string | undefined {
  return undefined;
}
