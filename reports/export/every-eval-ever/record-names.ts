import { createHash } from 'node:crypto';
import type { FinalEvaluation } from './final-evaluations.ts';

/** The version of the format that is written. */
export const SCHEMA_VERSION = '0.3.0';

/** How a run's record is named in the format. */
export interface RecordNames {
  readonly modelId: string;
  readonly evaluationId: string;
  /** Seconds since 1970 of the run's end, as text. */
  readonly recordedAt: string;
  /** Path of the record without its ending, from the data store's root. */
  readonly path: string;
}

/** A UUID of version 4 in form, made of a hash: the same run has the same one. */
function toUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32).split('');
  hex[12] = '4';
  hex[16] = (8 + (Number.parseInt(hex[16]!, 16) % 4)).toString(16);
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function nameRecord({ experiment, run }: FinalEvaluation, organization: string): RecordNames {
  const collection = `assay-${experiment.name}-${experiment.id.slice(0, 12)}`;
  // Labels have no underscore, so no two conditions come to the same name.
  const condition = run.conditionName.replaceAll('/', '_');
  const model = `${experiment.name}_${condition}_base-${run.baseSeed}_seed-${run.seed}`;
  const modelId = `${organization}/${model}`;
  const recordedAt = String(Math.floor(Date.parse(run.finishedAt!) / 1000));
  return {
    modelId,
    recordedAt,
    evaluationId: `${collection}/${modelId}/${recordedAt}`,
    path: `data/${collection}/${organization}/${model}/${toUuid(`${experiment.id} ${run.id}`)}`,
  };
}

/** The result of a split at one k, as samples refer to it. */
export function nameResult(names: RecordNames, split: string, k: number): string {
  return `${names.evaluationId}#${split}.pass_at_${k}`;
}
