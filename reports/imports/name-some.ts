/** Ids named in a notice; the others are counted. */
const MOST_NAMED = 3;

/** "q7, q9, q12 and 4 more". */
export function nameSome(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
