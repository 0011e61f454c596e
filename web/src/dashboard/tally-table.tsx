import type { Tally } from "../../../src/server/monitoring/label-tally.js";
import { count, money } from "../design/format.js";
import { TableCard } from "./table-card.js";

/** Runs, tokens and cost by a name. */
export function TallyTable({ title, first, rows }: { title: string; first: string; rows: readonly Tally[] }) {
  return (
    <TableCard title={title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            <th scope="col">Runs</th>
            <th scope="col">Failed</th>
            <th scope="col">Tokens in</th>
            <th scope="col">Tokens out</th>
            <th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, runs, failed, inputTokens, outputTokens, costUsd, unpriced }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{count(runs)}</td>
              <td class={failed > 0 ? "danger" : undefined}>{count(failed)}</td>
              <td>{count(inputTokens)}</td>
              <td>{count(outputTokens)}</td>
              <td>{unpriced === runs ? "–" : money(costUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}
