import type { Generator } from '../random/generator.ts';
import type { Problem, Split, Step } from './problem.ts';
import type { AnswerSpan, NoisyDraw, TaskFamily } from './task-family.ts';
import { malformed, type Verdict } from './verdict.ts';

/** A completion as the sampler left it: the text before the end token, and whether there was none. */
export interface FinishedCompletion {
  readonly text: string;
  /** True when the token limit came before the end token. */
  readonly isTruncated: boolean;
}

/** A task family with its options settled: what the pipeline works with. Functions as in `TaskFamily`. */
export interface Task {
  readonly name: string;
  /** The parsed options, every default filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly splits: readonly Split[];
  readonly alphabet: string;
  readonly formats: readonly string[];
  readonly maxCompletionCharacters: number;
  problem(split: Split, seed: number, index: number): Problem;
  /** Problems of a split that are listed, such as the rows of a file; null: they are generated. */
  countProblems(split: Split): number | null;
  writeCompletion(problem: Problem, format: string, generator: Generator): string;
  /** Whether completions with wrong steps can be written. */
  readonly canSlip: boolean;
  /** @throws TypeError where the task cannot slip */
  writeNoisyCompletion(problem: Problem, draw: NoisyDraw): string;
  formatPrefix(format: string): string;
  formatOf(completion: string): string;
  /** A truncated completion is `malformed`; a check that throws is `unverifiable` with the error as reason. */
  verify(problem: Problem, completion: FinishedCompletion): Verdict;
  answers(completion: string): readonly string[];
  answerSpan(completion: string): AnswerSpan | null;
  /** Whether some format states a confidence. */
  readonly statesConfidence: boolean;
  statedConfidence(completion: string): number | null;
  /** Whether `steps` can ever hold steps. */
  readonly hasSteps: boolean;
  steps(problem: Problem, completion: string): readonly Step[] | null;
}

/**
 * Settles a family's options.
 *
 * @param input options as declared; absent fields take their defaults
 * @throws z.ZodError when the options do not fit the family's schema
 */
export function bindTask<Options extends object>(family: TaskFamily<Options>, input: unknown): Task {
  const options = family.optionsSchema.parse(input);
  return {
    name: family.name,
    options: options as Readonly<Record<string, unknown>>,
    splits: family.splits(options),
    alphabet: family.alphabet(options),
    formats: family.formats(options),
    maxCompletionCharacters: family.maxCompletionCharacters(options),
    problem: (split, seed, index) => family.problem(options, split, seed, index),
    countProblems: (split) => family.countProblems?.(options, split) ?? null,
    writeCompletion: (problem, format, generator) =>
      family.writeCompletion(options, problem, format, generator),
    canSlip: family.canSlip?.(options) ?? false,
    writeNoisyCompletion: (problem, draw) => {
      if (family.writeNoisyCompletion === undefined)
        throw new TypeError(`task ${family.name} writes no completions with wrong steps`);
      return family.writeNoisyCompletion(options, problem, draw);
    },
    formatPrefix: (format) => family.formatPrefix(options, format),
    formatOf: (completion) => family.formatOf(options, completion),
    verify: (problem, completion) => {
      if (completion.isTruncated) return malformed('truncated before the end');
      try {
        return family.verify(options, problem, completion.text);
      } catch (error) {
        const reason = `the check failed: ${error instanceof Error ? error.message : String(error)}`;
        return { outcome: 'unverifiable', extractedAnswer: null, reason };
      }
    },
    answers: (completion) => family.answers(options, completion),
    answerSpan: (completion) => family.answerSpan(options, completion),
    statesConfidence: family.statesConfidence?.(options) ?? false,
    statedConfidence: (completion) => family.statedConfidence?.(options, completion) ?? null,
    hasSteps: family.steps !== undefined,
    steps: (problem, completion) => family.steps?.(options, problem, completion) ?? null,
  };
}
