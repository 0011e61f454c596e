/** A component's metadata with secrets, variables and placeholders filled in, in the order of the YAML. */
export type Properties = readonly (readonly [name: string, value: string])[];

/** The value of a property, whose name may be written in any case. */
export function findProperty(properties: Properties, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const lower = name.toLowerCase();
    const found = properties.find(([key]) => key.toLowerCase() === lower);
    if (found !== undefined) return found[1];
  }
  return undefined;
}

/** The first name that two properties share but for its case: daprd's decoder refuses those. Equal names are one property. */
export function duplicateProperty(properties: Properties): string | undefined {
  const seen = new Map<string, string>();
  for (const [name] of properties) {
    const lower = name.toLowerCase();
    const other = seen.get(lower);
    if (other !== undefined && other !== name) return lower;
    seen.set(lower, name);
  }
  return undefined;
}
