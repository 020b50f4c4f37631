import { z } from 'zod';
import type { EvaluationSplit } from '../config/plan.ts';
import type { Task } from '../tasks/task.ts';
import { scoreCompletion } from './accuracy.ts';
import { WHOLE_RUN, type Probe, type ProbeScore, type ProbeSetting, type ProbeSubject } from './probe.ts';
import { measureSplits, splitsOption } from './split-options.ts';

const optionsSchema = z.strictObject({
  splits: splitsOption('clean', 'knowledge'),
  fastFormat: z.string().default('direct').describe('Format of an answer at once.'),
  slowFormat: z.string().default('scratchpad').describe('Format of an answer after reasoning.'),
});

type FastSlowOptions = z.infer<typeof optionsSchema>;

/** Whether one problem was answered right at once, and after reasoning. */
export interface FastSlowPair {
  readonly fast: 0 | 1;
  readonly slow: 0 | 1;
}

/**
 * What reasoning repairs and what it breaks: r_c = d_c / (1 − A_fast) of the problems that the fast answer got wrong,
 * r_o = d_o / A_fast of those it got right, with d_c = mean (1 − f)·s and d_o = mean f·(1 − s); null without such problems.
 */
export function rateCorrections(pairs: readonly FastSlowPair[]): {
  readonly correctionRate: number | null;
  readonly overthinkingRate: number | null;
} {
  const wrong = pairs.filter(({ fast }) => fast === 0);
  const right = pairs.filter(({ fast }) => fast === 1);
  const repaired = wrong.filter(({ slow }) => slow === 1).length;
  const broken = right.filter(({ slow }) => slow === 0).length;
  return {
    correctionRate: wrong.length === 0 ? null : repaired / wrong.length,
    overthinkingRate: right.length === 0 ? null : broken / right.length,
  };
}

/** The split's own task writes the format itself where it can; facts have no reasoning format of their own. */
function prefixOf(own: Task, task: Task, format: string): string {
  return (own.formats.includes(format) ? own : task).formatPrefix(format);
}

/** Greedy answers that are forced to begin as `format` does; null where the check cannot decide. */
async function answerIn(
  subject: ProbeSubject,
  split: EvaluationSplit,
  format: string,
): Promise<(0 | 1 | null)[]> {
  const problems = subject.problems(split);
  const own = subject.taskOf(split);
  const prefix = prefixOf(own, subject.task, format);
  const completions = await subject.policy.complete({
    split,
    prompts: problems.map(({ prompt }) => prompt + prefix),
    samples: 1,
    temperature: 0,
    maxNewTokens: Math.max(1, subject.maxNewTokens - subject.encode(prefix).length),
  });
  return problems.map((problem, i) => {
    const { text, isTruncated } = completions[i]![0]!;
    return scoreCompletion(own, problem, { text: prefix + text, isTruncated });
  });
}

function toScores(split: EvaluationSplit, pairs: ReadonlyMap<number, FastSlowPair>): ProbeScore[] {
  const perProblem = [...pairs].flatMap(([problemIndex, { fast, slow }]) =>
    Object.entries({
      fast,
      slow,
      gain: slow - fast,
      correction: (1 - fast) * slow,
      overthinking: fast * (1 - slow),
    }).map(([metric, value]) => ({ metric, split, problemIndex, value })),
  );
  const { correctionRate, overthinkingRate } = rateCorrections([...pairs.values()]);
  const rates = Object.entries({ correction_rate: correctionRate, overthinking_rate: overthinkingRate });
  return [
    ...perProblem,
    ...rates.flatMap(([metric, value]) =>
      value === null ? [] : [{ metric, split, problemIndex: WHOLE_RUN, value }],
    ),
  ];
}

async function probeSplit(
  subject: ProbeSubject,
  options: FastSlowOptions,
  split: EvaluationSplit,
): Promise<ProbeScore[]> {
  const fast = await answerIn(subject, split, options.fastFormat);
  const slow = await answerIn(subject, split, options.slowFormat);
  const pairs = new Map<number, FastSlowPair>();
  fast.forEach((answer, i) => {
    const reasoned = slow[i]!;
    if (answer !== null && reasoned !== null) pairs.set(i, { fast: answer, slow: reasoned });
  });
  return toScores(split, pairs);
}

function findFault({ fastFormat, slowFormat }: FastSlowOptions, { task }: ProbeSetting): string | null {
  const fast = task.formatPrefix(fastFormat);
  const slow = task.formatPrefix(slowFormat);
  return fast === slow || fast === '' || slow === ''
    ? `fastFormat ${fastFormat} begins with '${fast}' and slowFormat ${slowFormat} with '${slow}'; both must be forced, ` +
        `so they must differ and not be empty. The formats of task ${task.name} are ${task.formats.join(', ')}`
    : null;
}

/**
 * Knowledge against reasoning: each problem is answered twice, greedily, once forced to begin as the fast format does and
 * once as the slow one. Correction (1 − f)·s is what reasoning repairs, overthinking f·(1 − s) what it breaks; their
 * difference is the gain s − f.
 */
export const fastSlow: Probe<FastSlowOptions> = {
  name: 'fast-slow',
  source: 'arXiv 2507.18178',
  optionsSchema,
  metrics: ({ splits }) => [
    ...['fast', 'slow', 'gain', 'correction', 'overthinking'].map((name) => ({
      name,
      splits,
      isPerProblem: true,
    })),
    ...['correction_rate', 'overthinking_rate'].map((name) => ({ name, splits, isPerProblem: false })),
  ],
  findFault,
  run: (subject, options) => measureSplits(options.splits, (split) => probeSplit(subject, options, split)),
};
