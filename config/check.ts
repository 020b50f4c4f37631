import { z } from 'zod';
import { comparedShape, reasonSchema, refuseMixedForms, unitSchema } from './hypothesis.ts';

/** Something that must hold before a verdict means anything: that an effect can be seen at all, or that the treatment was delivered. */
export const checkSchema = z
  .strictObject({
    kind: z
      .enum(['positive-control', 'manipulation'])
      .describe(
        'positive-control: something known to work does work here; manipulation: the treatment changed what it is meant to change.',
      ),
    says: z.string().min(1).describe('What must hold, one sentence.'),
    ...comparedShape,
    alternative: z
      .enum(['greater', 'less'])
      .describe(
        'Side of `bound` on which the difference (without a control the level) must lie, with its one-sided 95% bound.',
      ),
    bound: z
      .strictObject({
        value: z.number().describe('What the difference or level must lie beyond, in `unit`.'),
        unit: unitSchema.describe('Unit of the metric.'),
        reason: reasonSchema,
      })
      .describe('What the difference or level must lie beyond.'),
  })
  .superRefine((check, context) => refuseMixedForms(check, { needsControl: false }, context));
export type CheckInput = z.input<typeof checkSchema>;
export type Check = z.infer<typeof checkSchema>;
