/** Ranks from 1 with ties at their mean rank, and the sizes of the tied blocks in ascending order of value. */
export function averageRanks(values: readonly number[]): { ranks: number[]; blocks: number[] } {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = Array<number>(values.length);
  const blocks: number[] = [];
  let start = 0;
  while (start < order.length) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let i = start; i < end; i += 1) ranks[order[i]!] = (start + 1 + end) / 2;
    blocks.push(end - start);
    start = end;
  }
  return { ranks, blocks };
}
