/**
 * What importing the library costs in a fresh process. The job has just done so.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(_client, { importMs }) {
  return { importMs };
}
