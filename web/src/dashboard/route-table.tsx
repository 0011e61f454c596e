import type { RouteState } from "../../../src/models/routing/route.js";
import { count } from "../design/format.js";
import { TableCard } from "./table-card.js";

const BREAKERS = {
  off: { text: "no breaker", tone: "" },
  closed: { text: "closed", tone: "success" },
  "half-open": { text: "half open", tone: "warning" },
  open: { text: "open", tone: "danger" },
} as const;

/** Routes, their targets and their circuit breakers. */
export function RouteTable({ routes }: { routes: readonly RouteState[] }) {
  if (routes.length === 0) return null;
  return (
    <TableCard title="Routes and circuit breakers">
      <table>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Breaker</th>
            <th scope="col">Running</th>
            <th scope="col">Waiting</th>
            <th scope="col">Asked</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        {routes.map(({ route, choose, targets }) => (
          <tbody key={route}>
            <tr class="group">
              <th scope="rowgroup" colSpan={6}>
                {route} <small>{choose}</small>
              </th>
            </tr>
            {targets.map(({ target, breaker, running, waiting, asked, failed, lastError }) => (
              <tr key={target}>
                <th scope="row">{target}</th>
                <td>
                  <span class={`badge ${BREAKERS[breaker].tone}`}>{BREAKERS[breaker].text}</span>
                </td>
                <td>{count(running)}</td>
                <td>{count(waiting)}</td>
                <td>{count(asked)}</td>
                <td class={failed > 0 ? "danger" : undefined} title={lastError}>
                  {count(failed)}
                  {lastError !== undefined && <small> {lastError}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </TableCard>
  );
}
