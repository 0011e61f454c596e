/**
 * Reads one answer after the other until the time is over; the last one is read to its end.
 *
 * @param {import("../rows.mjs").Read} read
 * @param {number} ms
 * @returns {Promise<number>} how many answers.
 */
export async function readFor(read, ms) {
  const end = performance.now() + ms;
  let answers = 0;
  for (; performance.now() < end; answers++) await read(ignore);
  return answers;
}

function ignore() {}
