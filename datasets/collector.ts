import type { z } from 'zod';
import type { JsonValue } from '../config/canonical.ts';
import type { Sight } from '../config/part.ts';

/** A problem by its address: `task.problem('train', seed, index)`. */
export interface ProblemAddress {
  readonly seed: number;
  readonly index: number;
}

/** A recorded training rollout as collectors see it; a run's come by step, problem and sample. */
export interface CollectedRollout {
  readonly step: number;
  /** Place of its problem among the prompts of the step. */
  readonly problemIndex: number;
  readonly sampleIndex: number;
  readonly address: ProblemAddress;
  /** Place of the problem in the run's pool; null where it trains on fresh ones. */
  readonly poolIndex: number | null;
  readonly prompt: string;
  readonly completion: string;
  readonly outcome: 'correct' | 'incorrect' | 'malformed' | 'unverifiable';
}

/** A row of a dataset that holds problems to be sampled on. */
export interface ProblemRow {
  readonly poolIndex: number;
  readonly [more: string]: JsonValue;
}

/** A row of a dataset that holds rollouts to be learned from; its tokens are those of the collecting run's rollout. */
export interface RolloutRow {
  readonly step: number;
  readonly problemIndex: number;
  readonly sampleIndex: number;
  readonly seed: number;
  readonly index: number;
  readonly prompt: string;
  readonly completion: string;
  readonly outcome: CollectedRollout['outcome'];
  readonly [more: string]: JsonValue;
}

export type DatasetRow = ProblemRow | RolloutRow;

/** What the rows of a dataset are; decides who may read it. */
export type DatasetKind = 'problems' | 'rollouts';

/** Turns recorded rollouts into the rows of a dataset: a pure function, so that a dataset made again is the same one. */
export interface Collector<Options extends object> {
  readonly name: string;
  /** One sentence, as docs/parts.md prints it. */
  readonly description: string;
  /** Paper and section, where the formula is not ours. */
  readonly source?: string;
  /** Every field has a default and a sentence. */
  readonly optionsSchema: z.ZodType<Options>;
  /** Whose rollouts it reads: those that its own run samples for it, or those of the run that `data` names. */
  readonly reads: 'own' | 'run';
  readonly gives: DatasetKind;
  /** Nothing when absent; the verdicts of rollouts are looked at with their problems' references. */
  sees?(options: Options): Sight;
  /** What of the run whose rollouts are read stands against it; null: nothing. */
  findFault?(options: Options, read: CollectedRun): string | null;
  /** @param rollouts all of one run, by step, problem and sample */
  collect(rollouts: readonly CollectedRollout[], options: Options): DatasetRow[];
}

/** The training plan of the run whose rollouts are collected, as far as collectors ask. */
export interface CollectedRun {
  readonly steps: number;
  readonly promptsPerStep: number;
  readonly pool: number | null;
  /** A budget may end it before its last step. */
  readonly hasBudget: boolean;
}
