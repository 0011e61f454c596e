/** One step of a path: the name of a field or the index of an element. */
export type PathStep = string | number;

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

/**
 * The steps of a singular JSONPath query (RFC 9535), for example `$.recipe.steps[2]`. A text that is no such query is one step with that
 * name, so that the value it stands for is not lost.
 */
export function parseJsonPath(path: string): PathStep[] {
  const steps: PathStep[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null) return [path];
    const [, name, index, single, double] = found;
    steps.push(index === undefined ? (name ?? unescaped(single ?? double ?? "")) : Number(index));
  }
  return path.startsWith("$") && steps.length > 0 ? steps : [path];
}

function unescaped(name: string): string {
  return name.replace(/\\(.)/g, "$1");
}
