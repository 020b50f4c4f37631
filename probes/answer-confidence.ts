import { z } from 'zod';
import { toTokenSpan, type TextSpan } from '../rollouts/token-span.ts';
import type { EvaluationSplit } from '../config/plan.ts';
import { auroc, expectedCalibrationError } from '../stats/measures/calibration.ts';
import type { Task } from '../tasks/task.ts';
import { scoreCompletion } from './accuracy.ts';
import { WHOLE_RUN, type Probe, type ProbeCompletion, type ProbeScore, type ProbeSubject } from './probe.ts';
import { measureSplits, splitsOption } from './split-options.ts';

const optionsSchema = z.strictObject({
  splits: splitsOption('clean'),
  kinds: z
    .array(z.enum(['answer', 'stated']))
    .min(1)
    .default(['answer'])
    .describe(
      "Which confidence: 'answer' is the mean probability of the answer's tokens, 'stated' the chance of being right that " +
        'the completion states itself.',
    ),
  samplesPerProblem: z
    .int()
    .min(1)
    .optional()
    .describe(
      'So many answers per problem, sampled at the temperature of the final evaluation; absent: the greedy one.',
    ),
});

type ConfidenceOptions = z.infer<typeof optionsSchema>;
type Kind = ConfidenceOptions['kinds'][number];

const BINS = 10;

/** A confidence in [0, 1] beside whether the answer was right. */
export interface Forecast {
  readonly problemIndex: number;
  readonly confidence: number;
  readonly isCorrect: 0 | 1;
}

/**
 * Mean probability of the tokens that hold a part of a completion's text.
 *
 * @param offsets [T] where in the text each token stands
 * @param logprobs [T] natural logarithms
 */
export function meanProbability(
  span: TextSpan,
  offsets: readonly TextSpan[],
  logprobs: Float32Array,
): number {
  const { from, to } = toTokenSpan(span, offsets);
  const inside = Array.from(logprobs.subarray(from, to), Math.exp);
  // Float32 logprobs of a certain token may round to just above 0.
  return Math.min(1, inside.reduce((sum, probability) => sum + probability, 0) / inside.length);
}

/** The confidence of a completion that ended by itself; null where it holds no answer, or states none. */
function confidenceOf(
  subject: ProbeSubject,
  task: Task,
  read: { readonly kind: Kind; readonly completion: ProbeCompletion },
): number | null {
  const { text, isTruncated, tokens, logprobs } = read.completion;
  if (isTruncated) return null;
  if (read.kind === 'stated') return task.statedConfidence(text);
  const span = task.answerSpan(text);
  return span === null ? null : meanProbability(span, subject.offsets(tokens), logprobs);
}

/** Mean over a problem's answers of each number, problem by problem. */
function averageByProblem(
  metric: string,
  split: EvaluationSplit,
  values: readonly { readonly problemIndex: number; readonly value: number }[],
): ProbeScore[] {
  const byProblem = new Map<number, number[]>();
  for (const { problemIndex, value } of values)
    byProblem.set(problemIndex, [...(byProblem.get(problemIndex) ?? []), value]);
  return [...byProblem].map(([problemIndex, answers]) => ({
    metric,
    split,
    problemIndex,
    value: answers.reduce((sum, value) => sum + value, 0) / answers.length,
  }));
}

/**
 * Per problem, means over its answers: confidence, confidence − correct (overconfidence) and its square, the Brier score. Over all
 * answers of the split ECE in ten bins and AUROC, where defined.
 */
export function toScores(
  prefix: string,
  split: EvaluationSplit,
  forecasts: readonly Forecast[],
): ProbeScore[] {
  const average = (metric: string, value: (forecast: Forecast) => number): ProbeScore[] =>
    averageByProblem(
      `${prefix}${metric}`,
      split,
      forecasts.map((forecast) => ({ problemIndex: forecast.problemIndex, value: value(forecast) })),
    );
  const perProblem = [
    ...average('confidence', ({ confidence }) => confidence),
    ...average('overconfidence', ({ confidence, isCorrect }) => confidence - isCorrect),
    ...average('brier', ({ confidence, isCorrect }) => (confidence - isCorrect) ** 2),
  ];
  if (forecasts.length === 0) return [];
  const joint = {
    probabilities: forecasts.map(({ confidence }) => confidence),
    outcomes: forecasts.map(({ isCorrect }) => isCorrect),
  };
  const area = auroc(joint);
  const whole = { split, problemIndex: WHOLE_RUN };
  return [
    ...perProblem,
    { ...whole, metric: `${prefix}ece`, value: expectedCalibrationError(joint, BINS) },
    ...(area === null ? [] : [{ ...whole, metric: `${prefix}auroc`, value: area }]),
  ];
}

const prefixOf = (kind: Kind): string => (kind === 'stated' ? 'stated_' : '');

/** A greedy answer is the same however often it is drawn. */
function howToAnswer(
  { temperature }: ProbeSubject,
  { samplesPerProblem }: ConfidenceOptions,
): { readonly samples: number; readonly temperature: number } {
  return samplesPerProblem === undefined || temperature === 0
    ? { samples: 1, temperature: 0 }
    : { samples: samplesPerProblem, temperature };
}

async function probeSplit(
  subject: ProbeSubject,
  options: ConfidenceOptions,
  split: EvaluationSplit,
): Promise<ProbeScore[]> {
  const problems = subject.problems(split);
  const task = subject.taskOf(split);
  const completions = await subject.policy.complete({
    split,
    prompts: problems.map(({ prompt }) => prompt),
    ...howToAnswer(subject, options),
    maxNewTokens: subject.maxNewTokens,
  });
  const answered = problems.flatMap((problem, problemIndex) =>
    completions[problemIndex]!.flatMap((completion) => {
      const isCorrect = scoreCompletion(task, problem, completion);
      return isCorrect === null ? [] : [{ problemIndex, completion, isCorrect }];
    }),
  );
  const accuracy = averageByProblem(
    'accuracy',
    split,
    answered.map(({ problemIndex, isCorrect }) => ({ problemIndex, value: isCorrect })),
  );
  const scores = [...new Set(options.kinds)].flatMap((kind) => {
    const forecasts = answered.flatMap(({ problemIndex, completion, isCorrect }) => {
      const confidence = confidenceOf(subject, task, { kind, completion });
      return confidence === null ? [] : [{ problemIndex, confidence, isCorrect }];
    });
    return toScores(prefixOf(kind), split, forecasts);
  });
  return [...accuracy, ...scores];
}

/**
 * Whether the policy knows when it is right: the confidence of its greedy answer, or of sampled ones, beside correctness. A
 * completion without a readable answer has accuracy 0 and no confidence.
 */
export const answerConfidence: Probe<ConfidenceOptions> = {
  name: 'answer-confidence',
  source: 'arXiv 2507.21931, arXiv 2507.16806',
  optionsSchema,
  metrics: ({ splits, kinds }) => [
    { name: 'accuracy', splits, isPerProblem: true },
    ...kinds.flatMap((kind) => [
      { name: `${prefixOf(kind)}confidence`, splits, isPerProblem: true },
      { name: `${prefixOf(kind)}overconfidence`, splits, isPerProblem: true },
      { name: `${prefixOf(kind)}brier`, splits, isPerProblem: true },
      { name: `${prefixOf(kind)}ece`, splits, isPerProblem: false },
      { name: `${prefixOf(kind)}auroc`, splits, isPerProblem: false },
    ]),
  ],
  findFault: ({ kinds }, { task }) =>
    kinds.includes('stated') && !task.statesConfidence
      ? `kinds: 'stated' needs a format of task ${task.name} that states a confidence; it has ${task.formats.join(', ')}`
      : null,
  run: (subject, options) => measureSplits(options.splits, (split) => probeSplit(subject, options, split)),
};
