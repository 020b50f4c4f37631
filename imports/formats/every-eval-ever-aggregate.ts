import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { readNeighbor, type Neighbor } from '../read-neighbor.ts';
import { toSettings } from '../to-settings.ts';
import type { SourceHeader } from '../source-sample.ts';

const argumentsSchema = z.record(z.string(), z.unknown());

/** What is read of the aggregate document; `eval.schema.json` of the format has the rest. */
const aggregateSchema = z.looseObject({
  evaluation_id: z.string(),
  eval_library: z.looseObject({ name: z.string(), version: z.string() }).nullish(),
  evaluation_results: z.array(
    z.looseObject({
      evaluation_result_id: z.string().nullish(),
      evaluation_name: z.string(),
      generation_config: z
        .looseObject({
          generation_args: argumentsSchema.nullish(),
          additional_details: argumentsSchema.nullish(),
        })
        .nullish(),
    }),
  ),
  detailed_evaluation_results: z.looseObject({ total_rows: z.number().nullish() }).nullish(),
});

type EvaluationAggregate = z.infer<typeof aggregateSchema>;

/** The record keeps both files of an evaluation by one name: `UUID.json` and `UUID_samples.jsonl`. */
const SAMPLES_NAME = /_samples\.jsonl/;

/** @param evaluationId of the samples: another evaluation's aggregate is not taken */
export async function readAggregate(
  path: string,
  evaluationId: string,
): Promise<Neighbor<EvaluationAggregate>> {
  const name = basename(path);
  if (!SAMPLES_NAME.test(name)) {
    const reason = 'cannot be told, since the file is not named UUID_samples.jsonl as the format names it';
    return { kind: 'unread', reason };
  }
  const found = await readNeighbor(
    join(dirname(path), name.slice(0, name.search(SAMPLES_NAME)) + '.json'),
    aggregateSchema,
  );
  if (found.kind === 'unread' || found.value.evaluation_id === evaluationId) return found;
  return { kind: 'unread', reason: `is of the evaluation ${JSON.stringify(found.value.evaluation_id)}` };
}

/** Rows that the samples file was written with; null: not told. */
export function countRows(aggregate: Neighbor<EvaluationAggregate>): number | null {
  return aggregate.kind === 'read' ? (aggregate.value.detailed_evaluation_results?.total_rows ?? null) : null;
}

/** @param resultId of the score that is read */
export function describeAggregate(
  aggregate: Neighbor<EvaluationAggregate>,
  resultId: string | null,
): Pick<SourceHeader, 'tool' | 'settings' | 'notices'> {
  if (aggregate.kind === 'unread') {
    const notice = `the aggregate document ${aggregate.reason}: tool and settings are not told`;
    return { tool: null, settings: {}, notices: [notice] };
  }
  const { eval_library: library, evaluation_results: results } = aggregate.value;
  const config = results.find(({ evaluation_result_id: id }) => id === resultId)?.generation_config;
  return {
    tool: library ? `${library.name} ${library.version}` : null,
    settings: toSettings({ ...config?.generation_args, ...config?.additional_details }),
    notices: [],
  };
}
