import { AUTHORS, type RolloutBatch } from './rollout-batch.ts';

/** What one pass of a network over some rollouts takes, as counts from which FLOPs follow; padding is no part of it. */
export interface PassCount {
  readonly rollouts: number;
  /** completion tokens: sampled, scored or trained on */
  readonly tokens: number;
  /** tokens the network reads: prompts and completions, but for each completion's last one, which is only a target */
  readonly inputs: number;
  /** Σ over the inputs of the positions each attends to, itself included: n·(n + 1)/2 for a rollout of n inputs */
  readonly positions: number;
}

export const noPass: PassCount = { rollouts: 0, tokens: 0, inputs: 0, positions: 0 };

export function addPass(a: PassCount, b: PassCount): PassCount {
  return {
    rollouts: a.rollouts + b.rollouts,
    tokens: a.tokens + b.tokens,
    inputs: a.inputs + b.inputs,
    positions: a.positions + b.positions,
  };
}

/** Of one rollout, from its lengths in tokens; a prompt that several rollouts share counts in each. */
export function countRollout(promptTokens: number, completionTokens: number): PassCount {
  const inputs = promptTokens + completionTokens - 1;
  return { rollouts: 1, tokens: completionTokens, inputs, positions: (inputs * (inputs + 1)) / 2 };
}

/** @param rows of the batch; all of them without it */
export function countPass(
  batch: RolloutBatch<never>,
  rows: readonly number[] = [...Array(batch.count).keys()],
): PassCount {
  return rows
    .map((row) => countRollout(batch.promptLength - batch.promptStarts[row]!, batch.completionLengths[row]!))
    .reduce(addPass, noPass);
}

/** Tokens that the policy sampled: none of another author, and those that rollouts share once. */
export function countSampled(batch: RolloutBatch<never>): number {
  const { completionLength: width, completionLengths, forkAt, authors } = batch;
  return authors.reduce((sum, author, at) => {
    const row = Math.floor(at / width);
    const place = at - row * width;
    const isOwn = place >= forkAt[row]! && place < completionLengths[row]!;
    return sum + Number(isOwn && author === AUTHORS.policy);
  }, 0);
}
