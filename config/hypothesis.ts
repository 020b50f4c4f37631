import { z } from 'zod';
import { spendingUnitSchema } from './budget.ts';
import { contrastSchema } from './contrast.ts';
import { evaluationSplitSchema } from './training.ts';

const passAtK = z.strictObject({
  name: z.literal('pass@k').describe('Which number is compared.'),
  split: evaluationSplitSchema.describe('Split of the final evaluation.'),
  k: z.number().int().min(1).describe('Samples of which one must be correct.'),
});

const score = z.strictObject({
  name: z.literal('score').describe('Which number is compared.'),
  split: evaluationSplitSchema.describe(
    'Split of the final evaluation. Mean score of a problem’s samples: pass@1 where each is right or wrong.',
  ),
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

const brier = z.strictObject({
  name: z.literal('brier').describe('Which number is compared.'),
  split: evaluationSplitSchema.describe(
    'Split of the final evaluation. Mean of (stated confidence − correct)² of each problem; lower is better.',
  ),
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

export const metricSchema = z.discriminatedUnion('name', [
  passAtK,
  score,
  majorityAtK,
  formatShare,
  brier,
  stepMetric,
  probeMetric,
]);
/** A number per problem (or per run) that two conditions are compared by. */
export type HypothesisMetric = z.infer<typeof metricSchema>;

export const unitSchema = z.enum(['fraction', 'nats', 'tokens', 'bits']);
export type MetricUnit = z.infer<typeof unitSchema>;

/** Why a number that decides is what it is; absent, a declaration is what it was before there were reasons. */
export const reasonSchema = z
  .string()
  .min(1)
  .optional()
  .describe('Why this number and no other, one sentence; the lock keeps it, the claim’s page prints it.');

const marginValueSchema = z.strictObject({
  value: z.number().min(0).describe('Smallest difference that matters, in `unit`.'),
  unit: unitSchema.describe('Unit of the metric: fraction for rates and scores, nats, bits or tokens.'),
  reason: reasonSchema,
});

const marginShareSchema = z.strictObject({
  share: z
    .number()
    .gt(0)
    .max(1)
    .describe('The margin is this share of the positive control’s effect; its uncertainty counts.'),
  of: z
    .strictObject({
      treatment: z.string().describe('Condition that is known to work.'),
      control: z.string().describe('What it works against; treatment − control is above 0.'),
    })
    .describe('The positive control, measured by the hypothesis’s own metric.'),
  reason: reasonSchema,
});
export type MarginShare = z.infer<typeof marginShareSchema>;

const interestSchema = z.strictObject({
  value: z.number().gt(0).describe('Smallest effect that would matter, in `unit`.'),
  unit: unitSchema.describe('Unit of the metric.'),
  reason: reasonSchema,
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

/** What a hypothesis or a check compares: a treatment with a control, or a contrast of more conditions. */
export const comparedShape = {
  treatment: z.string().optional().describe('Name of the condition that is looked at.'),
  control: z.string().optional().describe('Name of the condition it is compared with.'),
  contrast: contrastSchema
    .optional()
    .describe(
      'In place of treatment and control: condition → weight, summing to 0; the helpers interaction(…) and trend(…) write them.',
    ),
  metric: metricSchema.describe('What is compared.'),
  controlMetric: metricSchema
    .optional()
    .describe(
      'What the control is measured by when it is another number of the same unit, e.g. slow against fast answers; without it `metric`.',
    ),
  metrics: z
    .record(z.string(), metricSchema)
    .optional()
    .describe('Conditions of the contrast that are measured by another number of the same unit.'),
};

type Compared = z.infer<z.ZodObject<typeof comparedShape>>;

/** One condition of a comparison: the effect is Σ weight · mean(metric of condition). */
export interface ComparedTerm {
  readonly condition: string;
  readonly weight: number;
  readonly metric: HypothesisMetric;
  /** Where the declaration names the condition, and where its metric. */
  readonly place: string;
  readonly metricPlace: string;
}

/** The terms of a comparison: of a treatment and a control +1 and −1, of a contrast its weights other than 0. */
export function listTerms(compared: Compared): ComparedTerm[] {
  const { treatment, control, contrast, metric, controlMetric, metrics = {} } = compared;
  const arms = [
    { condition: treatment, weight: 1, metric, place: 'treatment', metricPlace: 'metric' },
    {
      condition: control,
      weight: -1,
      metric: controlMetric ?? metric,
      place: 'control',
      metricPlace: controlMetric === undefined ? 'metric' : 'controlMetric',
    },
  ];
  return [
    ...arms.flatMap(({ condition, ...rest }) => (condition === undefined ? [] : [{ condition, ...rest }])),
    ...Object.entries(contrast ?? {})
      .filter(([, weight]) => weight !== 0)
      .map(([condition, weight]) => ({
        condition,
        weight,
        metric: metrics[condition] ?? metric,
        place: `contrast.${condition}`,
        metricPlace: metrics[condition] === undefined ? 'metric' : `metrics.${condition}`,
      })),
  ];
}

/** Refuses what is neither a treatment (with its control) nor a contrast, or is both. */
export function refuseMixedForms(
  compared: Compared,
  { needsControl }: { readonly needsControl: boolean },
  context: z.RefinementCtx,
): void {
  const { contrast, control, controlMetric, metrics } = compared;
  const refuse = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: path.split('.'), message });
  if (contrast !== undefined) {
    for (const key of ['treatment', 'control', 'controlMetric'] as const)
      if (compared[key] !== undefined) refuse(key, 'a contrast stands in its place; remove one of the two');
  } else if (compared.treatment === undefined) refuse('treatment', 'name a condition, or give a contrast');
  else if (needsControl && control === undefined)
    refuse('control', 'name a condition, or give a contrast in place of treatment and control');
  if (controlMetric !== undefined && control === undefined) refuse('controlMetric', 'there is no control');
  for (const name of Object.keys(metrics ?? {}))
    if (contrast?.[name] === undefined) refuse(`metrics.${name}`, 'the contrast does not weigh it');
}

/** One sentence of a claim as something that a report decides. */
export const hypothesisSchema = z
  .strictObject({
    claim: z.string().min(1).describe('The claim, one sentence.'),
    ...comparedShape,
    alternative: z
      .enum(['greater', 'less', 'noninferior', 'equivalent'])
      .describe(
        'greater, less: the effect lies beyond the margin on that side; noninferior: above −margin; equivalent: within ±margin.',
      ),
    margin: z
      .union([marginValueSchema, marginShareSchema])
      .optional()
      .describe(
        'Needed for noninferior and equivalent, where { share, of: { treatment, control } } may stand: that share of a positive ' +
          'control’s effect; without it greater and less test against 0.',
      ),
    interest: interestSchema
      .optional()
      .describe(
        'Of greater and less: the smallest effect of interest. An effect shown to be within ± it, and neither supported nor contradicted, is no-effect, else ' +
          'underpowered. Of noninferior and equivalent the margin is it.',
      ),
    requires: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Names of `checks` that must hold; where one does not, the hypothesis is not-tested.'),
    equal: equalSchema
      .optional()
      .describe(
        'The comparison is at equal spending: the arms declare the same training.budget, and the hypothesis is not-tested where the ' +
          'ledger disagrees.',
      ),
    reported: z
      .enum(['greater', 'less', 'noninferior', 'equivalent', 'not-reported'])
      .describe('Direction the paper reports for this comparison.'),
  })
  .superRefine((hypothesis, context) => refuseMixedForms(hypothesis, { needsControl: true }, context));
export type HypothesisInput = z.input<typeof hypothesisSchema>;
export type Hypothesis = z.infer<typeof hypothesisSchema>;

/** The share of a positive control's effect that the margin is; null where it is a number, or there is none. */
export function shareOf({ margin }: Pick<Hypothesis, 'margin'>): MarginShare | null {
  return margin !== undefined && 'share' in margin ? margin : null;
}

/** The margin as a number in the metric's unit, 0 where there is none; null where it is a share of a positive control's effect. */
export function marginValue({ margin }: Pick<Hypothesis, 'margin'>): number | null {
  if (margin === undefined) return 0;
  return 'share' in margin ? null : margin.value;
}

/** The unit a metric is recorded in, by the field's convention of naming it at the end of the metric's name. */
export function unitOfMetric(metric: HypothesisMetric): MetricUnit {
  if (metric.name !== 'step' && metric.name !== 'probe') return 'fraction';
  const unit = (['nats', 'bits', 'tokens'] as const).find((suffix) => metric.metric.includes(`_${suffix}`));
  return unit ?? 'fraction';
}
