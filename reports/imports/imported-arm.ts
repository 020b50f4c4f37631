import type { ImportedSource } from '../comparison/comparison-input.ts';

/** What the samples of one problem in one imported run came to. */
export interface ImportedCount {
  readonly split: string;
  /** The same for the same problem in every source. */
  readonly key: string;
  /** What the source calls it. */
  readonly sourceId: string;
  readonly cluster: string | null;
  readonly target: string | null;
  /** Samples with a score. */
  readonly n: number;
  /** Sum of their scores; how many are right where each is 0 or 1. */
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Whether each score is 0 or 1. */
  readonly isBinary: boolean;
  /** Samples without one, such as those that ended in an error. */
  readonly failed: number;
  /** Completion tokens of all samples with a score; null: not told. */
  readonly tokens: number | null;
  /** Each extracted answer → samples with a score that gave it. */
  readonly answers: Readonly<Record<string, number>>;
  /** Each stated confidence (empty text: none) → samples and right ones; null: none is stated anywhere. */
  readonly confidences: Readonly<Record<string, { readonly n: number; readonly c: number }>> | null;
}

/** One run of an imported arm. */
export interface ImportedRun {
  /** Null: not told. */
  readonly seed: number | null;
  readonly counts: readonly ImportedCount[];
}

/** What is compared: one arm of one source, or of several that hold runs of it. */
export interface ImportedArm {
  readonly name: string;
  readonly runs: readonly ImportedRun[];
  readonly sources: readonly ImportedSource[];
  /** What the samples were drawn with, as label → value. */
  readonly settings: Readonly<Record<string, string>>;
}
