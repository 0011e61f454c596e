import type { ComponentType } from "preact";
import type { IconName } from "../design/icon.js";

/** What a page is given. */
export interface PageProps {
  /** The words of the address after the page's own. */
  rest: readonly string[];
}

/** One page of the app, loaded when it is first opened. */
export interface Page {
  /** The first word of its address. */
  readonly path: string;
  /** Its name in the navigation. */
  readonly title: string;
  readonly icon: IconName;
  /** Loads its component. */
  load(): Promise<ComponentType<PageProps>>;
}
