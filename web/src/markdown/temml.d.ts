/** What is used of temml, whose own types its `exports` hide from TypeScript. */
declare module "temml" {
  interface RenderOptions {
    displayMode?: boolean;
    throwOnError?: boolean;
    trust?: boolean;
    maxExpand?: number;
    maxSize?: [number, number];
  }
  const temml: { render(source: string, place: HTMLElement, options?: RenderOptions): void };
  export default temml;
}
