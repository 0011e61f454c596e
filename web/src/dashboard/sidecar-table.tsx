import type { SidecarState } from "../../../src/server/monitoring/sidecar-figures.js";
import { count, duration } from "../design/format.js";
import { Icon } from "../design/icon.js";
import { TableCard } from "./table-card.js";

/** What a Dapr sidecar counts of its conversation API. */
export function SidecarTable({ sidecar }: { sidecar: SidecarState }) {
  return (
    <TableCard title={`Dapr sidecar at ${sidecar.address}`}>
      {"problem" in sidecar ? (
        <p class="notice warning">
          <Icon name="alert" />
          It cannot be read: {sidecar.problem}
        </p>
      ) : sidecar.components.length === 0 ? (
        <p class="table-note">No conversation with a component yet.</p>
      ) : (
        <Components sidecar={sidecar} />
      )}
    </TableCard>
  );
}

function Components({ sidecar }: { sidecar: Extract<SidecarState, { components: unknown }> }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Component</th>
          <th scope="col">Calls</th>
          <th scope="col">Failed</th>
          <th scope="col">Tokens in</th>
          <th scope="col">Tokens out</th>
          <th scope="col">First token</th>
          <th scope="col">Whole</th>
        </tr>
      </thead>
      <tbody>
        {sidecar.components.map((one) => (
          <tr key={one.component}>
            <th scope="row">{one.component}</th>
            <td>{count(one.calls)}</td>
            <td class={one.failed > 0 ? "danger" : undefined}>{count(one.failed)}</td>
            <td>{count(one.promptTokens)}</td>
            <td>{count(one.completionTokens)}</td>
            <td>{duration(one.meanTtftMs)}</td>
            <td>{duration(one.meanMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
