import { count } from "../design/format.js";
import { TableCard } from "./table-card.js";

/** How often each code of error ended a run. */
export function ErrorCounts({ errors }: { errors: readonly { code: string; count: number }[] }) {
  const most = Math.max(1, ...errors.map((error) => error.count));
  return (
    <TableCard title="Errors by code">
      <table class="bars">
        <thead class="sr-only">
          <tr>
            <th scope="col">Code</th>
            <th scope="col">Share</th>
            <th scope="col">Runs</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ code, count: runs }) => (
            <tr key={code}>
              <th scope="row">{code}</th>
              <td class="bar">
                <meter min={0} max={most} value={runs} aria-label={`${runs} of at most ${most}`} />
              </td>
              <td>{count(runs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}
