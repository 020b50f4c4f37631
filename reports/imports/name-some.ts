import { toOneLine } from './to-one-line.ts';

/** Ids named in a notice; the others are counted. */
const MOST_NAMED = 3;
const MOST_OF_NAME = 60;

function show(text: string): string {
  const name = toOneLine(text);
  return name.length <= MOST_OF_NAME ? name : `${name.slice(0, MOST_OF_NAME)}…`;
}

/** "q7, q9, q12 and 4 more". */
export function nameSome(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).map(show).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
