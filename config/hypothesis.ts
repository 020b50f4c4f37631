import { z } from 'zod';
import { spendingUnitSchema } from './budget.ts';
import { evaluationSplitSchema } from './training.ts';

const passAtK = z.strictObject({
  name: z.literal('pass@k').describe('Which number is compared.'),
  split: evaluationSplitSchema.describe('Split of the final evaluation.'),
  k: z.number().int().min(1).describe('Samples of which one must be correct.'),
});

const majorityAtK = z.strictObject({
  name: z.literal('maj@k').describe('Which number is compared.'),
  split: evaluationSplitSchema.describe('Split of the final evaluation.'),
  k: z.number().int().min(1).describe('Samples that vote.'),
});

const formatShare = z.strictObject({
  name: z.literal('format-share').describe('Which number is compared.'),
  split: evaluationSplitSchema.describe('Split of the final evaluation.'),
  format: z.string().describe('A completion format of the task: the strategy whose frequency is meant.'),
});

const stepMetric = z.strictObject({
  name: z.literal('step').describe('Which number is compared.'),
  metric: z.string().describe('A metric of docs/metrics.md that every training step records.'),
  over: z
    .enum(['last', 'last-quarter', 'mean'])
    .default('last-quarter')
    .describe('Steps whose mean is taken: the last one, the last quarter, or all.'),
});

const probeMetric = z.strictObject({
  name: z.literal('probe').describe('Which number is compared.'),
  probe: z.string().describe('Name of a probe that both conditions run.'),
  metric: z.string().describe('One of the metrics the probe records.'),
  split: evaluationSplitSchema.nullable().default(null).describe('Split the probe read; null: none.'),
});

const metricSchema = z.discriminatedUnion('name', [
  passAtK,
  majorityAtK,
  formatShare,
  stepMetric,
  probeMetric,
]);
/** A number per problem (or per run) that two conditions are compared by. */
export type HypothesisMetric = z.infer<typeof metricSchema>;

export const unitSchema = z.enum(['fraction', 'nats', 'tokens', 'bits']);
export type MetricUnit = z.infer<typeof unitSchema>;

const marginSchema = z.strictObject({
  value: z.number().min(0).describe('Smallest difference that matters, in `unit`.'),
  unit: unitSchema.describe('Unit of the metric: fraction for rates and scores, nats, bits or tokens.'),
});

/** A comparison at equal spending is no comparison where the spending was not equal. */
const equalSchema = z.strictObject({
  unit: spendingUnitSchema.describe('What both arms are meant to have spent alike, evaluations apart.'),
  tolerance: z
    .number()
    .min(0)
    .lt(1)
    .default(0.05)
    .describe('Largest difference of the mean spending of the two arms, as a share of the larger one.'),
});

/** One sentence of a claim as something that a report decides. */
export const hypothesisSchema = z.strictObject({
  claim: z.string().min(1).describe('The claim, one sentence.'),
  treatment: z.string().describe('Name of the condition the claim is about.'),
  control: z.string().describe('Name of the condition it is compared with.'),
  metric: metricSchema.describe('What is compared.'),
  controlMetric: metricSchema
    .optional()
    .describe(
      'What the control is measured by when it is another number of the same unit, e.g. slow against fast answers; without it `metric`.',
    ),
  alternative: z
    .enum(['greater', 'less', 'noninferior', 'equivalent'])
    .describe(
      'greater, less: treatment − control lies beyond the margin on that side; noninferior: above −margin; equivalent: within ±margin.',
    ),
  margin: marginSchema
    .optional()
    .describe('Needed for noninferior and equivalent; without it greater and less test against 0.'),
  equal: equalSchema
    .optional()
    .describe(
      'The comparison is at equal spending: the arms declare the same training.budget, and the verdict is void where the ledger disagrees.',
    ),
  reported: z
    .enum(['greater', 'less', 'noninferior', 'equivalent', 'not-reported'])
    .describe('Direction the paper reports for this comparison.'),
});
export type HypothesisInput = z.input<typeof hypothesisSchema>;
export type Hypothesis = z.infer<typeof hypothesisSchema>;

/** The unit a metric is recorded in, by the field's convention of naming it at the end of the metric's name. */
export function unitOfMetric(metric: HypothesisMetric): MetricUnit {
  if (metric.name !== 'step' && metric.name !== 'probe') return 'fraction';
  const unit = (['nats', 'bits', 'tokens'] as const).find((suffix) => metric.metric.includes(`_${suffix}`));
  return unit ?? 'fraction';
}
