import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../design/icon.js";
import type { Page, PageProps } from "./page.js";

type Loaded = { state: "loading" } | { state: "ready"; View: ComponentType<PageProps> } | { state: "failed" };

/** Shows a page when it is loaded, and a way to try again where it cannot be. */
export function PageView({ page, rest }: { page: Page; rest: readonly string[] }) {
  const loaded = useSignal<Loaded>({ state: "loading" });
  useEffect(() => {
    let left = false;
    page.load().then(
      (View) => {
        if (!left) loaded.value = { state: "ready", View };
      },
      () => {
        if (!left) loaded.value = { state: "failed" };
      },
    );
    return () => {
      left = true;
    };
  }, [page, loaded]);
  const now = loaded.value;
  if (now.state === "ready") return <now.View rest={rest} />;
  if (now.state === "loading") return <div class="page-loading" role="status" aria-label={`Loading ${page.title}`} />;
  return (
    <div class="empty" role="alert">
      <Icon name="alert" />
      <h2>This page could not be loaded</h2>
      <p>The server did not answer.</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        Try again
      </button>
    </div>
  );
}
