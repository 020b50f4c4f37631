import type { Analysis } from '../comparison/analyze-comparison.ts';

/** A sentence with one full stop, whether its last part brings one or not. */
const endSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What the report is without, a sentence each: runs and comparisons. */
export function listLeftOut({ excluded, missing }: Pick<Analysis, 'excluded' | 'missing'>): string[] {
  return [
    ...excluded.map(
      ({ run, reason }) =>
        `Run ${run.id} (${run.condition}, base seed ${run.baseSeed}, seed ${run.seed}) ${reason}`,
    ),
    ...missing.map((gap) => `${gap.condition} against ${gap.reference} on ${gap.split}: ${gap.reason}`),
  ].map(endSentence);
}
