import { valuePrepared } from './forward.ts';
import type { Policy } from './policy.ts';
import { scoreColumns, type ColumnScore } from './score-columns.ts';
import type { TokenBatch } from './token-batch.ts';

/**
 * A critic's values of the states before the tokens of all completions, without a gradient, [N, T] float32; what
 * stands at padding is finite and means nothing.
 */
export function scoreValues(
  critic: Policy,
  batch: TokenBatch,
  { microBatch }: { readonly microBatch?: number },
): Float32Array {
  const column: ColumnScore = {
    key: 'values',
    outputs: 1,
    score: (weights, inputs, targets) => valuePrepared(weights, inputs, { targets }),
  };
  return scoreColumns(critic, batch, { microBatch, column })[0]!;
}
