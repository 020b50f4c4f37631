import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { countLines } from '../count-lines.ts';
import { isJsonRow, type JsonRow } from '../json-lines.ts';
import { readNeighbor, type Neighbor } from '../read-neighbor.ts';
import type { SourceFile } from '../source-file.ts';
import type { SampleOutcome, SourceHeader, SourceSample } from '../source-sample.ts';
import { toOutcome } from '../to-outcome.ts';
import { toSettings } from '../to-settings.ts';
import { messageText } from './message-text.ts';

const METADATA = 'metadata.json';

const metadataSchema = z.looseObject({
  env_id: z.string(),
  env_args: z.record(z.string(), z.unknown()).nullish(),
  model: z.string(),
  num_examples: z.number().nullish(),
  rollouts_per_example: z.number().nullish(),
  sampling_args: z.record(z.string(), z.unknown()).nullish(),
  version_info: z.looseObject({ vf_version: z.string().nullish() }).nullish(),
});

type Metadata = z.infer<typeof metadataSchema>;

/** Numbers of a row that are no score of its completion. */
const NO_SCORES = new Set(['example_id', 'id', 'generation_ms', 'scoring_ms', 'total_ms']);

/** Whether a row is a rollout of `results.jsonl`. */
export function isRollout(row: JsonRow): boolean {
  return ['example_id', 'prompt', 'completion', 'reward'].every((name) => Object.hasOwn(row, name));
}

/** Reward functions and other numbers of a row; versions that do not list them have them as columns. */
export function listRewards(row: JsonRow): string[] {
  const metrics = row['metrics'];
  const named = isJsonRow(metrics) ? metrics : row;
  return ['reward', ...Object.keys(named).filter((name) => typeof named[name] === 'number')].filter(
    (name) => !NO_SCORES.has(name),
  );
}

function findValue(row: JsonRow, scorer: string): unknown {
  if (Object.hasOwn(row, scorer)) return row[scorer];
  const metrics = row['metrics'];
  return isJsonRow(metrics) && Object.hasOwn(metrics, scorer) ? metrics[scorer] : undefined;
}

/** What ended a rollout: an object since version 0.1.9, a text before. */
function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  const told = isJsonRow(error) ? (error['error_chain_repr'] ?? error['error']) : error;
  return typeof told === 'string' ? told : JSON.stringify(error);
}

/** The program gives a rollout that failed a reward of 0, which is no score. */
function readOutcome(row: JsonRow, scorer: string): SampleOutcome {
  const { error } = row;
  if (error === undefined || error === null || error === false)
    return toOutcome(findValue(row, scorer), scorer);
  return { kind: 'failed', reason: describeError(error) };
}

function readText(value: unknown): string | null {
  const isNone = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  return isNone ? null : messageText(value);
}

function readTokens({ token_usage }: JsonRow): number | null {
  const tokens = isJsonRow(token_usage) ? token_usage['output_tokens'] : null;
  return typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : null;
}

/** @param problemId the checked `example_id` */
export function toRolloutSample(
  row: JsonRow,
  problemId: string,
  scorer: string,
  seed: number | null,
): SourceSample {
  return {
    ...{ arm: null, seed, split: null, problemId, cluster: null, sample: null },
    prompt: readText(row['prompt']),
    target: readText(row['answer']),
    outcome: readOutcome(row, scorer),
    answer: null,
    completion: readText(row['completion']),
    confidence: null,
    tokens: readTokens(row),
  };
}

export function readMetadata(path: string): Promise<Neighbor<Metadata>> {
  return readNeighbor(join(dirname(path), METADATA), metadataSchema);
}

export function readSamplingSeed(metadata: Neighbor<Metadata>): number | null {
  const seed = metadata.kind === 'read' ? metadata.value.sampling_args?.['seed'] : null;
  return typeof seed === 'number' && Number.isSafeInteger(seed) ? seed : null;
}

/** Rollouts are written as they end, so that a file may be whole and lack some. */
function describeMissing({ num_examples, rollouts_per_example }: Metadata, found: number): string[] {
  const planned = (num_examples ?? NaN) * (rollouts_per_example ?? NaN);
  return planned > found
    ? [`the evaluation was stopped, or the file was cut: ${found} of ${planned} rollouts`]
    : [];
}

/** What `metadata.json` beside the rollouts tells. */
export async function readRolloutsHeader(
  file: SourceFile,
  metadata: Neighbor<Metadata>,
): Promise<Omit<SourceHeader, 'scorer' | 'scorers'>> {
  if (metadata.kind === 'unread') {
    const notice = `${METADATA} ${metadata.reason}: model, environment and sampling of ${basename(file.path)} are not told`;
    return {
      tool: 'verifiers of an unknown version',
      model: null,
      task: null,
      settings: {},
      notices: [notice],
    };
  }
  const { env_id, env_args, model, rollouts_per_example, sampling_args, version_info } = metadata.value;
  return {
    tool: `verifiers ${version_info?.vf_version ?? 'of an unknown version'}`,
    model,
    task: env_id,
    settings: toSettings({ ...sampling_args, env_args: env_args ?? {}, rollouts_per_example }),
    notices: describeMissing(metadata.value, await countLines(file)),
  };
}
