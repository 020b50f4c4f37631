import { z } from 'zod';
import type { EvaluationSplit } from '../config/plan.ts';
import { evaluationSplitSchema } from '../config/training.ts';
import { auroc, expectedCalibrationError } from '../stats/measures/calibration.ts';
import { fitLogisticRegression, predictProbability } from '../stats/measures/logistic-regression.ts';
import { scoreCompletion } from './accuracy.ts';
import { meanProbability } from './answer-confidence.ts';
import { WHOLE_RUN, type Probe, type ProbeCompletion, type ProbeScore, type ProbeSubject } from './probe.ts';
import { measureSplits, samplesOption, splitsOption, temperatureOption } from './split-options.ts';

const optionsSchema = z.strictObject({
  splits: splitsOption('clean'),
  fitOn: evaluationSplitSchema
    .default('dev')
    .describe('Split whose samples the classifier is fitted on; none of those it is judged on.'),
  samples: samplesOption(),
  temperature: temperatureOption(),
  ridge: z.number().positive().default(1).describe('Weight of the penalty on the classifier’s coefficients.'),
});

type ClassifierOptions = z.infer<typeof optionsSchema>;

const BINS = 10;

/** What the classifier reads of one completion, and whether it was right. */
interface Sample {
  readonly problemIndex: number;
  readonly features: readonly number[];
  readonly isCorrect: 0 | 1;
}

/**
 * Five numbers of one completion: mean probability of the answer's tokens (0 without an answer), whether there is an
 * answer, mean and lowest logprob of all tokens, share of the longest completion.
 */
function readFeatures(
  subject: ProbeSubject,
  split: EvaluationSplit,
  { text, isTruncated, tokens, logprobs }: ProbeCompletion,
): number[] {
  const span = isTruncated ? null : subject.taskOf(split).answerSpan(text);
  const total = logprobs.reduce((sum, value) => sum + value, 0);
  return [
    span === null ? 0 : meanProbability(span, subject.offsets(tokens), logprobs),
    Number(span !== null),
    total / logprobs.length,
    Math.min(...logprobs),
    tokens.length / subject.maxNewTokens,
  ];
}

async function drawSamples(
  subject: ProbeSubject,
  options: ClassifierOptions,
  split: EvaluationSplit,
): Promise<Sample[]> {
  const problems = subject.problems(split);
  const completions = await subject.policy.complete({
    split,
    prompts: problems.map(({ prompt }) => prompt),
    samples: options.samples,
    temperature: options.temperature,
    maxNewTokens: subject.maxNewTokens,
  });
  return problems.flatMap((problem, problemIndex) =>
    completions[problemIndex]!.flatMap((completion): Sample[] => {
      const isCorrect = scoreCompletion(subject.taskOf(split), problem, completion);
      const features = readFeatures(subject, split, completion);
      return isCorrect === null ? [] : [{ problemIndex, features, isCorrect }];
    }),
  );
}

/** Brier score per problem, mean over its samples, and of the split ECE in ten bins and, with both classes, AUROC. */
function toScores(
  split: EvaluationSplit,
  samples: readonly Sample[],
  probabilities: readonly number[],
): ProbeScore[] {
  if (samples.length === 0) return [];
  const errors = new Map<number, number[]>();
  samples.forEach(({ problemIndex, isCorrect }, i) => {
    const error = (probabilities[i]! - isCorrect) ** 2;
    errors.set(problemIndex, [...(errors.get(problemIndex) ?? []), error]);
  });
  const outcomes = samples.map(({ isCorrect }) => isCorrect);
  const area = auroc({ probabilities, outcomes });
  const whole = { split, problemIndex: WHOLE_RUN };
  return [
    ...[...errors].map(([problemIndex, values]) => ({
      metric: 'brier',
      split,
      problemIndex,
      value: values.reduce((sum, value) => sum + value, 0) / values.length,
    })),
    { ...whole, metric: 'ece', value: expectedCalibrationError({ probabilities, outcomes }, BINS) },
    ...(area === null ? [] : [{ ...whole, metric: 'auroc', value: area }]),
  ];
}

/**
 * A confidence that is fitted afterwards instead of trained in: ridge logistic regression from what sampling knows of a
 * completion to whether it is right. The control of RLCR (arXiv 2507.16806: RLVR with a trained confidence classifier);
 * the paper's classifier reads hidden states, this one probabilities and length.
 */
export const confidenceClassifier: Probe<ClassifierOptions> = {
  name: 'confidence-classifier',
  source: 'arXiv 2507.16806',
  optionsSchema,
  metrics: ({ splits, fitOn }) => [
    { name: 'fit_accuracy', splits: [fitOn], isPerProblem: false },
    { name: 'brier', splits, isPerProblem: true },
    { name: 'ece', splits, isPerProblem: false },
    { name: 'auroc', splits, isPerProblem: false },
  ],
  findFault: ({ splits, fitOn }) =>
    splits.includes(fitOn)
      ? `fitOn: found ${fitOn}, which is also among splits; judge the classifier on others`
      : null,
  run: async (subject, options) => {
    const fitted = await drawSamples(subject, options, options.fitOn);
    // Nothing on the split could be checked, so there is no classifier and no score of it.
    if (fitted.length === 0) return [];
    const outcomes = fitted.map(({ isCorrect }) => isCorrect);
    const model = fitLogisticRegression(
      { features: fitted.map(({ features }) => features), outcomes },
      options.ridge,
    );
    const accuracy = outcomes.reduce<number>((sum, outcome) => sum + outcome, 0) / outcomes.length;
    const own = { metric: 'fit_accuracy', split: options.fitOn, problemIndex: WHOLE_RUN, value: accuracy };
    const judged = await measureSplits(options.splits, async (split) => {
      const samples = await drawSamples(subject, options, split);
      const probabilities = samples.map(({ features }) => predictProbability(model, features));
      return toScores(split, samples, probabilities);
    });
    return [own, ...judged];
  },
};
