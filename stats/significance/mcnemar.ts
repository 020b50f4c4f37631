/**
 * McNemar's exact test: two-sided binomial on the discordant pairs, capped at 1. `table[a correct?][b correct?]` counts
 * problems, index 1 meaning correct; only the off-diagonal cells count. Source: McNemar 1947.
 *
 * @throws RangeError when a count is no integer from 0
 */
export function mcnemarExact(table: readonly [readonly [number, number], readonly [number, number]]): number {
  if (!table.flat().every((count) => Number.isInteger(count) && count >= 0)) {
    throw new RangeError(
      `McNemar's test needs four counts, integers from 0, found ${table.flat().join(', ')}`,
    );
  }
  const onlyB = table[0][1];
  const onlyA = table[1][0];
  const discordant = onlyA + onlyB;
  // In logarithms, because 2^-n underflows beyond about a thousand discordant pairs.
  let logChance = -discordant * Math.LN2;
  let tail = 0;
  for (let i = 0; i <= Math.min(onlyA, onlyB); i += 1) {
    tail += Math.exp(logChance);
    logChance += Math.log((discordant - i) / (i + 1));
  }
  return Math.min(1, 2 * tail);
}
