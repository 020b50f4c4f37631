import type { z } from 'zod';
import type { Generator } from '../random/generator.ts';
import type { Problem, Split, Step } from './problem.ts';
import type { Verdict } from './verdict.ts';

/** Characters [from, to) of a completion, counted as `slice` counts them (UTF-16 units); which tokens hold them, a tokenizer tells. */
export interface AnswerSpan {
  readonly from: number;
  readonly to: number;
}

/** How a completion with wrong steps is drawn. */
export interface NoisyDraw {
  readonly format: string;
  /** Chance that a step's value is written wrong, in [0, 1]. */
  readonly noise: number;
  readonly generator: Generator;
  /** Of the wrong values alone, so that what `generator` gives is the same at every noise. */
  readonly slips: Generator;
}

/**
 * A family of verifiable problems. Every function is pure: the same arguments give the same result in any process and
 * order. `problem` is random access, and what it returns for one index does not depend on the indexes asked before.
 */
export interface TaskFamily<Options extends object> {
  readonly name: string;
  /** Every field has a default and a sentence. */
  readonly optionsSchema: z.ZodType<Options>;
  splits(options: Options): readonly Split[];
  /** Every character that prompts and completions may hold, without padding and end. */
  alphabet(options: Options): string;
  /**
   * The index-th problem of a split (index from 0).
   *
   * @param seed chooses which problems of the split are drawn; splits stay disjoint across all seeds
   * @throws SplitExhaustedError when an evaluation split has no further distinct problem
   */
  problem(options: Options, split: Split, seed: number, index: number): Problem;
  /** How many problems a split has, where they are listed; generated ones are not when absent. */
  countProblems?(options: Options, split: Split): number;
  /** The ways a completion can be written, e.g. `['scratchpad', 'direct']`. */
  formats(options: Options): readonly string[];
  /** A correct completion in one of `formats`, without the end token. */
  writeCompletion(options: Options, problem: Problem, format: string, generator: Generator): string;
  /** Whether `writeNoisyCompletion` can be asked for; never when absent. */
  canSlip?(options: Options): boolean;
  /** A completion that goes on from every value as it is written, right or wrong: consistent in itself, and right if none is wrong. */
  writeNoisyCompletion?(options: Options, problem: Problem, draw: NoisyDraw): string;
  /** Text that every completion in `format` begins with and that leads into it; empty when nothing tells it from others. */
  formatPrefix(options: Options, format: string): string;
  /** Which of `formats` a completion is written in, `'other'` when in none. */
  formatOf(options: Options, completion: string): string;
  /** UTF-16 units of the longest well-formed completion over all splits and formats, without the end token. */
  maxCompletionCharacters(options: Options): number;
  verify(options: Options, problem: Problem, completion: string): Verdict;
  /** Every final answer that a completion states, in order; the last one is the one that counts. */
  answers(options: Options, completion: string): readonly string[];
  /** Where the final answer that counts stands, never empty; null when the completion holds none. */
  answerSpan(options: Options, completion: string): AnswerSpan | null;
  /** Whether some format states how likely the answer is right; never when absent. */
  statesConfidence?(options: Options): boolean;
  /** The stated chance of being right, in [0, 1], beside a readable answer; null when none is stated. */
  statedConfidence?(options: Options, completion: string): number | null;
  /** Checkable intermediate steps, expected ones that are missing included; null when the completion's format shows none. */
  steps?(options: Options, problem: Problem, completion: string): readonly Step[] | null;
}

/** A split has no (further distinct) problem at the index asked for: ask for fewer, or enlarge the task. */
export class SplitExhaustedError extends Error {
  constructor(found: { task: string; split: Split; index: number; reason: string }) {
    super(
      `task '${found.task}' has no problem ${found.index} in split '${found.split}': ${found.reason}. ` +
        'Ask for fewer problems, or enlarge the task through its options.',
    );
    this.name = 'SplitExhaustedError';
  }
}

/** A format that the task does not write: choose one of those it lists. */
export class UnknownFormatError extends Error {
  constructor(task: string, format: string, known: readonly string[]) {
    super(`task '${task}' does not write format '${format}'; its formats are ${known.join(', ')}.`);
    this.name = 'UnknownFormatError';
  }
}
