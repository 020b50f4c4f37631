import { toFloats, toInts } from '../../db/blobs.ts';
import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import type { StoredRollout } from '../../rollouts/gather-rollouts.ts';

/** A row as batches are gathered from. */
export function toStoredRollout(
  row: RolloutWithVerdict,
  as: Pick<StoredRollout, 'prompt' | 'group'>,
): StoredRollout {
  return {
    ...as,
    tokens: toInts(row.tokens),
    logprobs: toFloats(row.logprobs),
    entropies: toFloats(row.entropies),
    isFinished: !row.isTruncated,
    parent: row.parentSample ?? -1,
    forkAt: row.forkAt,
  };
}
