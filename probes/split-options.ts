import { z } from 'zod';
import { evaluationSplitSchema } from '../config/training.ts';
import type { EvaluationSplit } from '../config/plan.ts';
import type { ProbeScore } from './probe.ts';

/** The option that names the splits a probe reads. */
export function splitsOption(...splits: [EvaluationSplit, ...EvaluationSplit[]]) {
  return z
    .array(evaluationSplitSchema)
    .min(1)
    .default(splits)
    .describe('Splits of the final evaluation whose problems are probed.');
}

/** The option of how many completions are sampled per problem. */
export function samplesOption() {
  return z.int().min(1).default(8).describe('Completions sampled per problem.');
}

/** The option of the temperature they are sampled at. */
export function temperatureOption() {
  return z.number().positive().default(1).describe('Temperature of the sampled completions.');
}

/** What `measure` finds on each of the splits, one after the other; a split named twice is measured once. */
export async function measureSplits(
  splits: readonly EvaluationSplit[],
  measure: (split: EvaluationSplit) => Promise<ProbeScore[]>,
): Promise<ProbeScore[]> {
  const scores: ProbeScore[] = [];
  for (const split of new Set(splits)) scores.push(...(await measure(split)));
  return scores;
}
