/**
 * Stands in for a function of Node in the build for browsers.
 *
 * @param module for example `node:fs`.
 */
export function absent(module: string, name: string): () => never {
  return function missing(): never {
    throw new Error(`${name} of ${module} is not there: this is a browser or a worker, and not Node`);
  };
}
