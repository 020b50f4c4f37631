/** "1 seed", "2 seeds"; for nouns that only take an s. */
export function countNoun(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
