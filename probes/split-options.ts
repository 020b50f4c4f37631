import { z } from 'zod';
import { evaluationSplitSchema } from '../spec/training.ts';
import type { EvaluationSplit } from '../spec/plan.ts';

/** The option that names the splits a probe reads. */
export function splitsOption(...splits: [EvaluationSplit, ...EvaluationSplit[]]) {
  return z
    .array(evaluationSplitSchema)
    .min(1)
    .default(splits)
    .describe('Splits of the final evaluation whose problems are probed.');
}
