import { LRUCache } from 'lru-cache';
import { createMoments } from '../../learning/optimizer/adamw.ts';
import { decodePolicy, encodePolicy } from '../../model/checkpoints/checkpoint.ts';
import type { PolicyConfig } from '../../model/network/config.ts';
import { createCritic } from '../../model/network/critic.ts';
import { disposePolicy, type Policy } from '../../model/network/policy.ts';
import {
  decodeCritic,
  decodeTrainingState,
  encodeTrainingState,
  type CriticState,
  type OptimizerMoments,
} from '../../model/checkpoints/training-state.ts';
import type { CheckpointRef } from '../../config/plan.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';

/** A policy in memory with its optimizer's moments, equal to the checkpoint it is kept under. */
export interface LivePolicy {
  readonly policy: Policy;
  readonly moments: OptimizerMoments;
  /** null where none is trained beside the policy */
  readonly critic: CriticState | null;
}

/** A worker's live policies: only a cache keyed by checkpoint, so losing it costs a reload and nothing else. */
export interface LivePolicies {
  /** The checkpoint's policy for reading; it stays in the cache, which owns it. */
  borrow(checkpoint: CheckpointRef, config: PolicyConfig): Promise<Policy>;
  /** The critic of a checkpoint for reading; before the first step one that starts from its policy. Likewise the cache's. */
  borrowCritic(checkpoint: CheckpointRef, config: PolicyConfig): Promise<Policy>;
  /** The checkpoint's policy for training; the caller owns it and gives it back with `keep`, or releases it. */
  take(checkpoint: CheckpointRef, config: PolicyConfig): Promise<LivePolicy>;
  /** Writes a trained policy as files named by `path(part)` and keeps it live under its new checkpoint. */
  keep(live: LivePolicy, path: (part: 'weights' | 'training-state') => string): Promise<CheckpointRef>;
}

export function releaseLivePolicy(live: LivePolicy): void {
  disposePolicy(live.policy);
  if (live.critic !== null) disposePolicy(live.critic.policy);
}

/** The same with a critic, made if there is none. */
export function withCritic(live: LivePolicy): LivePolicy & { readonly critic: CriticState } {
  if (live.critic !== null) return { ...live, critic: live.critic };
  const policy = createCritic(live.policy);
  return { ...live, critic: { policy, moments: createMoments(policy) } };
}

/** The same without the critic that another run may have left beside a shared base. */
export function withoutCritic(live: LivePolicy): LivePolicy {
  if (live.critic !== null) disposePolicy(live.critic.policy);
  return { ...live, critic: null };
}

function keyOf(checkpoint: CheckpointRef): string {
  return `${checkpoint.weights.sha256}/${checkpoint.trainingState?.sha256 ?? 'none'}`;
}

/** At most `capacity` policies stay live; the least recently used goes first. */
export function createLivePolicies(artifacts: ArtifactStore, capacity: number): LivePolicies {
  const live = new LRUCache<string, LivePolicy>({
    max: capacity,
    dispose: (value, _key, reason) => {
      // One that was taken has another owner, and one that was put again is still here.
      if (reason === 'evict') releaseLivePolicy(value);
    },
  });

  const load = async (checkpoint: CheckpointRef, config: PolicyConfig): Promise<LivePolicy> => {
    const policy = decodePolicy(config, await artifacts.read(checkpoint.weights));
    if (checkpoint.trainingState === null) return { policy, moments: createMoments(policy), critic: null };
    const state = await artifacts.read(checkpoint.trainingState);
    return { policy, moments: decodeTrainingState(config, state), critic: decodeCritic(config, state) };
  };

  const insert = (key: string, value: LivePolicy): void => {
    const previous = live.peek(key);
    if (previous !== undefined && previous.policy !== value.policy) releaseLivePolicy(previous);
    live.set(key, value);
  };

  return {
    borrow: async (checkpoint, config) => {
      const key = keyOf(checkpoint);
      const value = live.get(key) ?? (await load(checkpoint, config));
      insert(key, value);
      return value.policy;
    },
    borrowCritic: async (checkpoint, config) => {
      const key = keyOf(checkpoint);
      const value = withCritic(live.get(key) ?? (await load(checkpoint, config)));
      insert(key, value);
      return value.critic.policy;
    },
    take: async (checkpoint, config) => {
      const key = keyOf(checkpoint);
      const value = live.get(key);
      live.delete(key);
      return value ?? load(checkpoint, config);
    },
    keep: async (value, path) => {
      const { policy, moments, critic } = value;
      const checkpoint = {
        weights: await artifacts.write(path('weights'), encodePolicy(policy)),
        trainingState: await artifacts.write(
          path('training-state'),
          encodeTrainingState(policy.config, moments, critic),
        ),
      };
      insert(keyOf(checkpoint), value);
      return checkpoint;
    },
  };
}
