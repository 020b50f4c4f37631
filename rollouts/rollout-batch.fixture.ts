import { createLineage, type RolloutBatch } from './rollout-batch.ts';

/** Rollouts that tests share. */

/** [count]: consecutive rollouts, `size` to a group. */
export function numberGroups(count: number, size: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => Math.floor(row / size));
}

/** Finished rollouts of one group behind prompts of one token, as far as `given` does not tell otherwise. */
export function createRolloutBatch<TokenColumn extends string, RowColumn extends string = never>(
  given: Partial<RolloutBatch<TokenColumn, RowColumn>> &
    Pick<RolloutBatch<TokenColumn, RowColumn>, 'count' | 'completionLength' | 'perToken' | 'perRollout'>,
): RolloutBatch<TokenColumn, RowColumn> {
  const { count, completionLength, promptLength = 1 } = given;
  return {
    promptLength,
    tokens: new Int32Array(count * (promptLength + completionLength)),
    promptStarts: new Int32Array(count),
    completionLengths: new Int32Array(count).fill(completionLength),
    finished: new Uint8Array(count).fill(1),
    groups: new Int32Array(count),
    authors: new Uint8Array(count * completionLength),
    ...createLineage(count, completionLength),
    ...given,
  };
}
