/** First and last Node that the program works on; from 24.19 on the SQLite addon ends the process when its statements are freed. */
const FIRST = [20, 11];
const LAST = [24, 18];

/** @param {readonly number[]} a @param {readonly number[]} b */
const isBefore = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/**
 * Why the program cannot work on a Node; null: it can.
 *
 * @param {string} version as `process.versions.node` tells it
 * @returns {string | null}
 */
export function findNodeFault(version) {
  const found = version.split('.').map(Number);
  if (!isBefore(found, FIRST) && !isBefore(LAST, found)) return null;
  const why = isBefore(found, FIRST) ? '' : '; later ones end the process within its SQLite addon';
  return `found Node ${version}, expected ${FIRST.join('.')} to ${LAST.join('.')}${why}. Take Node 22, for example`;
}
