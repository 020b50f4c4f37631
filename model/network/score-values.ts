import { valuePrepared } from './forward.ts';
import type { Policy } from './policy.ts';
import { scoreColumns, type ColumnScore } from './score-columns.ts';
import type { TokenBatch } from './token-batch.ts';

/**
 * A critic's values of the states before the tokens of columns `from` … S − 1, without a gradient, [N, S − from] float32; what
 * stands at padding is finite and means nothing.
 */
export function scoreValues(
  critic: Policy,
  batch: TokenBatch,
  call: { readonly from: number; readonly microBatch?: number },
): Float32Array {
  const column: ColumnScore = {
    key: 'values',
    outputs: 1,
    score: (weights, inputs, targets) => valuePrepared(weights, inputs, { targets }),
  };
  return scoreColumns(critic, batch, { ...call, column })[0]!;
}
