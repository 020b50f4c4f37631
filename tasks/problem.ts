import type { JsonValue } from '../config/canonical.ts';
import type { SplitName } from '../config/training.ts';

/** One instance of a task, with its checkable answer. */
export interface Problem {
  /** Canonical: equal if and only if it is the same problem; decides the split. */
  readonly key: string;
  readonly prompt: string;
  readonly answer: string;
  readonly metadata?: Readonly<Record<string, JsonValue>>;
}

/**
 * - `train`: what a policy learns from, and where a substrate's corpus comes from
 * - `dev`: the only split that selection may look at
 * - `clean`: unseen evaluation problems of the same distribution
 * - `contaminated`: evaluation problems that a substrate's corpus holds on purpose
 * - `knowledge`: facts that can only be recalled
 * - `harder`: a longer version of the same task
 */
export type Split = SplitName;

/** One checkable intermediate step that a completion shows (or, with empty text, leaves out). */
export interface Step {
  readonly text: string;
  readonly isCorrect: boolean;
}

/** The seed of evaluation problems: they are the same for every run and every corpus, whatever its own seed. */
export const EVALUATION_SEED = 0;

/** Splits that mean nothing to a model unless its corpus held them: an evaluation asks for no more of them than it did. */
export const TAUGHT_SPLITS: readonly Split[] = ['contaminated', 'knowledge'];
