import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Icon } from "../design/icon.js";
import { hrefOf } from "../shell/route.js";
import { SidebarButton } from "../shell/sidebar.js";
import { Charts } from "./charts.js";
import { ErrorCounts } from "./error-counts.js";
import { LiveMonitor, type LiveState } from "./live-monitor.js";
import { RouteTable } from "./route-table.js";
import { RunLists } from "./run-lists.js";
import { SidecarTable } from "./sidecar-table.js";
import { TallyTable } from "./tally-table.js";
import { Tiles } from "./tiles.js";
import "./dashboard.css";

/** How the server is doing, as it goes on. */
export function DashboardPage() {
  const monitor = useMemo(() => new LiveMonitor(), []);
  useEffect(() => {
    document.title = "Dashboard · Sluice";
    const leaving = new AbortController();
    void monitor.follow(leaving.signal);
    return () => leaving.abort();
  }, [monitor]);
  const state = monitor.state.value;
  return (
    <div class="page dashboard">
      <header class="page-head">
        <SidebarButton />
        <h1>Dashboard</h1>
        <Connection monitor={monitor} />
      </header>
      {state === undefined ? <NotYet monitor={monitor} /> : <Body monitor={monitor} state={state} />}
    </div>
  );
}

function Connection({ monitor }: { monitor: LiveMonitor }) {
  const now = monitor.connection.value;
  const text = { connecting: "Connecting", live: "Live", lost: "Connection lost, trying again" }[now];
  return (
    <span class={`badge connection ${now === "live" ? "success" : now === "lost" ? "warning" : ""}`} role="status">
      <i aria-hidden="true" />
      {text}
    </span>
  );
}

function NotYet({ monitor }: { monitor: LiveMonitor }) {
  const error = monitor.error.value;
  if (error === undefined) return <div class="page-loading" role="status" aria-label="Loading the dashboard" />;
  return (
    <div class="empty" role="alert">
      <Icon name={error.status === 401 || error.status === 403 ? "key" : "alert"} />
      <h2>{error.status === 401 ? "This server asks for a key" : "The dashboard cannot be shown"}</h2>
      <p>{error.message}</p>
    </div>
  );
}

function Body({ monitor, state }: { monitor: LiveMonitor; state: LiveState }) {
  const opened = useSignal<string | undefined>(undefined);
  const quiet = state.totals.runs === 0 && state.active === 0;
  return (
    <div class="dashboard-body">
      <Tiles monitor={monitor} state={state} />
      {quiet ? <Quiet /> : <Charts monitor={monitor} />}
      {!quiet && <RunLists state={state} opened={opened} />}
      <div class="dashboard-tables">
        {!quiet && <TallyTable title="By model" first="Model" rows={state.models} />}
        {!quiet && <TallyTable title="By key" first="Key" rows={state.callers} />}
        <RouteTable routes={state.routes} />
        {state.errors.length > 0 && <ErrorCounts errors={state.errors} />}
        {state.sidecar !== undefined && <SidecarTable sidecar={state.sidecar} />}
      </div>
      <p class="foot">
        Charts and percentiles are of the last five minutes, counts since{" "}
        {new Date(state.since).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}, of this process.
      </p>
    </div>
  );
}

function Quiet() {
  return (
    <div class="empty card">
      <Icon name="dashboard" />
      <h2>Nothing has been asked yet</h2>
      <p>What is asked in any protocol appears here while it is answered.</p>
      <p>
        <a href={hrefOf("chat")}>Ask something in the chat</a>
      </p>
    </div>
  );
}
