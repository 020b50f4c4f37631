import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';

/** A sampling round as the store's stages hand it on: the decoded file, and its rows as they are recorded. */
export interface HeldRound {
  /** Hash of the file that `batch` was decoded from. */
  readonly sha256: string;
  readonly batch: RolloutBatch;
  readonly rows: readonly RolloutWithVerdict[];
}

/**
 * What one stage leaves in memory for the next, so that nothing is read and decoded twice in a healthy step. Only a copy of what is
 * recorded: whoever does not find it here reads it.
 */
export interface HeldRollouts {
  find(at: { readonly runId: string; readonly step: number; readonly round: number }): HeldRound | null;
  /** All rounds of a step that are held, in their order. */
  rounds(at: { readonly runId: string; readonly step: number }): readonly HeldRound[];
  /** Replaces what is held of the run's other steps. */
  hold(at: { readonly runId: string; readonly step: number; readonly round: number }, held: HeldRound): void;
  drop(runId: string): void;
}

/** Runs whose step may be held: more than a store's worker can have under way between sampling and recording. */
const CAPACITY = 256;

export function createHeldRollouts(): HeldRollouts {
  const steps = new Map<string, { readonly step: number; readonly rounds: Map<number, HeldRound> }>();
  return {
    find: ({ runId, step, round }) => {
      const held = steps.get(runId);
      return held?.step === step ? (held.rounds.get(round) ?? null) : null;
    },
    rounds: ({ runId, step }) => {
      const held = steps.get(runId);
      if (held?.step !== step) return [];
      // A worker that started between two rounds holds the later one first, and sums of floats follow their order.
      return [...held.rounds].sort(([a], [b]) => a - b).map(([, round]) => round);
    },
    hold: ({ runId, step, round }, held) => {
      const known = steps.get(runId);
      const rounds = known?.step === step ? known.rounds : new Map<number, HeldRound>();
      steps.delete(runId);
      steps.set(runId, { step, rounds: rounds.set(round, held) });
      const [oldest] = steps.keys();
      if (steps.size > CAPACITY) steps.delete(oldest!);
    },
    drop: (runId) => steps.delete(runId),
  };
}
