import type { PageProps } from "../shell/page.js";
import { EditPage } from "./edit-page.js";
import { ListPage } from "./list-page.js";
import { RunPage } from "./run-page.js";
import { StartPage } from "./start-page.js";
import "./workflows.css";

/** Workflows: the list, one to start, one to write, and runs. */
export function WorkflowsPage({ rest }: PageProps) {
  const [view, first, second] = rest;
  switch (view) {
    case "run":
      return first === undefined ? <ListPage /> : <RunPage key={first} id={first} />;
    case "start":
      return first === undefined ? <ListPage /> : <StartPage key={first} name={first} />;
    case "edit":
      return <EditPage key={`${first}/${second}`} source={first} name={second} />;
    default:
      return <ListPage />;
  }
}
