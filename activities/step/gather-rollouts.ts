import { toFloats, toInts } from '../../db/blobs.ts';
import type { RolloutRow } from '../../db/queries/rollouts.ts';
import { AUTHORS, createLineage, type RolloutBatch } from '../../rollouts/rollout-batch.ts';

/** What of a stored rollout a batch holds. */
export type GatheredRow = Pick<
  RolloutRow,
  'tokens' | 'logprobs' | 'entropies' | 'isTruncated' | 'parentSample' | 'forkAt'
>;

/**
 * Stored rollouts as one batch, padded as sampled ones are; every token stands as the policy's.
 *
 * @param as.prompts [N] token ids; absent where nobody reads them
 * @param as.groups [N]
 */
export function gatherRollouts(
  rows: readonly GatheredRow[],
  as: {
    readonly prompts?: readonly ArrayLike<number>[];
    readonly groups: readonly number[];
    readonly padId: number;
  },
): RolloutBatch {
  const count = rows.length;
  const prompts = as.prompts ?? rows.map(() => []);
  const completions = rows.map((row) => toInts(row.tokens));
  const promptLength = Math.max(...prompts.map((prompt) => prompt.length));
  const completionLength = Math.max(...completions.map((tokens) => tokens.length));
  const length = promptLength + completionLength;
  const tokens = new Int32Array(count * length).fill(as.padId);
  const logprobs = new Float32Array(count * completionLength);
  const entropies = new Float32Array(count * completionLength);
  rows.forEach((stored, row) => {
    tokens.set(prompts[row]!, row * length + promptLength - prompts[row]!.length);
    tokens.set(completions[row]!, row * length + promptLength);
    logprobs.set(toFloats(stored.logprobs), row * completionLength);
    entropies.set(toFloats(stored.entropies), row * completionLength);
  });
  return {
    ...{ count, promptLength, completionLength, tokens },
    promptStarts: Int32Array.from(prompts, (prompt) => promptLength - prompt.length),
    completionLengths: Int32Array.from(completions, (completion) => completion.length),
    finished: Uint8Array.from(rows, ({ isTruncated }) => Number(!isTruncated)),
    groups: Int32Array.from(as.groups),
    authors: new Uint8Array(count * completionLength).fill(AUTHORS.policy),
    ...createLineage(count, completionLength),
    parents: Int32Array.from(rows, ({ parentSample }) => parentSample ?? -1),
    forkAt: Int32Array.from(rows, ({ forkAt }) => forkAt),
    perToken: { logprobs, entropies },
    perRollout: {},
  };
}
