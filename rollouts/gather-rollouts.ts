import { AUTHORS, createLineage, type RolloutBatch } from './rollout-batch.ts';

/** A rollout by itself, as it is stored. */
export interface StoredRollout {
  /** [P]; empty where nobody reads it */
  readonly prompt: ArrayLike<number>;
  /** [T], the end token included */
  readonly tokens: Int32Array;
  /** [T], nats */
  readonly logprobs: Float32Array;
  /** [T], nats */
  readonly entropies: Float32Array;
  /** Closed by the end token. */
  readonly isFinished: boolean;
  readonly group: number;
  /** Sample number, within the group, of the rollout whose first tokens it shares; −1: none. */
  readonly parent: number;
  /** How many first tokens it shares. */
  readonly forkAt: number;
}

/** Stored rollouts as one batch, padded as sampled ones are; every token stands as the policy's. */
export function gatherRollouts(rollouts: readonly StoredRollout[], padId: number): RolloutBatch {
  const count = rollouts.length;
  const promptLength = Math.max(...rollouts.map(({ prompt }) => prompt.length));
  const completionLength = Math.max(...rollouts.map(({ tokens }) => tokens.length));
  const length = promptLength + completionLength;
  const tokens = new Int32Array(count * length).fill(padId);
  const logprobs = new Float32Array(count * completionLength);
  const entropies = new Float32Array(count * completionLength);
  rollouts.forEach((rollout, row) => {
    tokens.set(rollout.prompt, row * length + promptLength - rollout.prompt.length);
    tokens.set(rollout.tokens, row * length + promptLength);
    logprobs.set(rollout.logprobs, row * completionLength);
    entropies.set(rollout.entropies, row * completionLength);
  });
  return {
    ...{ count, promptLength, completionLength, tokens },
    promptStarts: Int32Array.from(rollouts, ({ prompt }) => promptLength - prompt.length),
    completionLengths: Int32Array.from(rollouts, (rollout) => rollout.tokens.length),
    finished: Uint8Array.from(rollouts, ({ isFinished }) => Number(isFinished)),
    groups: Int32Array.from(rollouts, ({ group }) => group),
    authors: new Uint8Array(count * completionLength).fill(AUTHORS.policy),
    ...createLineage(count, completionLength),
    parents: Int32Array.from(rollouts, ({ parent }) => parent),
    forkAt: Int32Array.from(rollouts, ({ forkAt }) => forkAt),
    perToken: { logprobs, entropies },
    perRollout: {},
  };
}
