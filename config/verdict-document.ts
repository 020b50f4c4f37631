import { z } from 'zod';
import { hypothesisSchema, unitSchema } from './hypothesis.ts';
import { outcomeSchema } from './outcome.ts';

const probability = z.number().min(0).max(1).nullable();

const overall = (whose: string): typeof probability =>
  probability.describe(
    `${whose} over the hypotheses of all experiments of the document of which something is decided; beside the outcome, null where that is one experiment.`,
  );

const hypothesisVerdictSchema = z.strictObject({
  number: z.number().int().min(1).describe('From 1, in declaration order.'),
  claim: z.string(),
  compared: z.string().describe('What is held to what, in words: "grpo above base in pass@1 on clean".'),
  metric: z.string(),
  unit: unitSchema.describe('Of effect, interval, margin and detectable effect.'),
  alternative: hypothesisSchema.shape.alternative,
  margin: z
    .number()
    .nullable()
    .describe('Estimated where it is a share of a positive control’s effect; null: none, or not to be had.'),
  reported: hypothesisSchema.shape.reported.describe('What the paper reports.'),
  outcome: outcomeSchema,
  reason: z.string().nullable().describe('Why nothing was decided; null where something was.'),
  effect: z.number().nullable().describe('Null, as all numbers below, where nothing was decided.'),
  interval: z
    .strictObject({ low: z.number(), high: z.number(), level: z.number() })
    .nullable()
    .describe('The one that the decision rests on.'),
  p: probability.describe('One-sided, of the claim.'),
  holmP: probability.describe(
    'After Holm’s correction over the hypotheses of the experiment, which the outcome rests on.',
  ),
  bhP: probability.describe('Benjamini–Hochberg’s, over the same; beside the outcome.'),
  holmOverallP: overall('Holm’s'),
  bhOverallP: overall('Benjamini–Hochberg’s'),
  oppositeP: probability.describe('One-sided, of its opposite.'),
  oppositeHolmP: probability,
  oppositeBhP: probability,
  oppositeHolmOverallP: overall('Holm’s, of the opposite,'),
  oppositeBhOverallP: overall('Benjamini–Hochberg’s, of the opposite,'),
  detectable: z
    .strictObject({ effect: z.number(), power: z.number(), alpha: z.number() })
    .nullable()
    .describe(
      'Smallest true distance from the bound that would be shown with that power at one-sided α, Holm’s strictest.',
    ),
  size: z
    .strictObject({
      bases: z.number().int(),
      runs: z.number().int().describe('Pairs of base and seed.'),
      problems: z.number().int().describe('1 for a number per run.'),
    })
    .nullable(),
  look: z
    .strictObject({
      number: z.number().int().min(1),
      of: z.number().int().min(2),
      bases: z.number().int().describe('Seen at this look.'),
      plannedBases: z.number().int(),
      level: z.number().describe('What Holm’s p must be at most here, in place of 0.05.'),
    })
    .nullable()
    .describe('The planned look at which it was decided, or that it has reached; null: it has no looks.'),
  checks: z
    .array(z.strictObject({ name: z.string(), state: z.enum(['held', 'failed', 'not-measured', 'pending']) }))
    .describe('Positive controls and manipulation checks that the verdict requires.'),
});
export type HypothesisVerdictEntry = z.infer<typeof hypothesisVerdictSchema>;

const lockedSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  deviations: z.array(z.string()).describe('In what the runs differ from what was locked.'),
});

const experimentVerdictSchema = z.strictObject({
  name: z.string(),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  question: z.string(),
  source: z.string().nullable().describe('Where the claim comes from.'),
  lock: lockedSchema.nullable().describe('The lock that the runs were held to; null: none.'),
  hypotheses: z.array(hypothesisVerdictSchema),
  notices: z
    .array(z.string())
    .optional()
    .describe('Of results that other programs made: what was left out or does not match, a sentence each.'),
});
export type ExperimentVerdictEntry = z.infer<typeof experimentVerdictSchema>;

/** What `assay claims verdicts --json` and `assay compare --json` print; a member is added without, and changed with, a new version. */
export const verdictDocumentSchema = z.strictObject({
  version: z.literal(1),
  outcome: outcomeSchema.describe('The worst of all hypotheses; docs/claims.md has the order.'),
  exitCode: z.number().int().describe('What the command exits with.'),
  experiments: z.array(experimentVerdictSchema).min(1),
});
export type VerdictDocument = z.infer<typeof verdictDocumentSchema>;
