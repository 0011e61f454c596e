/**
 * What stands for a function of Node where there is none: the build for browsers puts it there.
 *
 * @param module for example `node:fs`.
 */
export function absent(module: string, name: string): () => never {
  return function missing(): never {
    throw new Error(`${name} of ${module} is not there: this is a browser or a worker, and not Node`);
  };
}
