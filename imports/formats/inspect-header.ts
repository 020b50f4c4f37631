import { z } from 'zod';
import type { SourceHeader } from '../source-sample.ts';

type Setting = string | number | boolean | null;

const configSchema = z.record(z.string(), z.unknown()).default({});

const specSchema = z.looseObject({
  task: z.string(),
  task_version: z.union([z.string(), z.number()]).optional(),
  model: z.string(),
  task_args: configSchema.nullish(),
  model_generate_config: configSchema.nullish(),
  dataset: z
    .looseObject({
      name: z.string().nullish(),
      samples: z.number().nullish(),
      sample_ids: z.array(z.unknown()).nullish(),
    })
    .nullish(),
  config: z.looseObject({ epochs: z.number().nullish() }).nullish(),
  packages: z.record(z.string(), z.string()).nullish(),
  scorers: z.array(z.looseObject({ name: z.string(), options: configSchema.nullish() })).nullish(),
});

const planSchema = z.looseObject({
  steps: z.array(z.looseObject({ solver: z.string(), params: configSchema.nullish() })).nullish(),
  config: configSchema.nullish(),
});

/** A log without its samples: `header.json`, the start of a journal, or all members of a JSON log but its samples. */
export const inspectHeaderSchema = z.looseObject({
  status: z.string().default('started'),
  eval: specSchema,
  plan: planSchema.nullish(),
  results: z
    .looseObject({
      total_samples: z.number().nullish(),
      scores: z.array(z.looseObject({ name: z.string(), scorer: z.string().nullish() })).nullish(),
    })
    .nullish(),
  error: z.looseObject({ message: z.string() }).nullish(),
  invalidated: z.boolean().nullish(),
});

export type InspectHeader = z.infer<typeof inspectHeaderSchema>;

/** Of a generation: what decides how requests are sent, not what is drawn. */
const SENDING = new Set([
  'max_retries',
  'timeout',
  'attempt_timeout',
  'stream_idle_timeout',
  'max_connections',
  'adaptive_connections',
  'cache',
  'cache_prompt',
  'batch',
  'extra_headers',
]);
/** Of an evaluation: what ends a sample early. */
const LIMITS = [
  'message_limit',
  'token_limit',
  'turn_limit',
  'time_limit',
  'working_limit',
  'cost_limit',
] as const;
const LONGEST_SETTING = 2000;

/** A list or an object is told as its JSON; what is not told, or too long to be told, is left out. */
function toSetting(value: unknown): Setting | undefined {
  if (value === null || value === undefined) return undefined;
  const setting =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : JSON.stringify(value);
  return typeof setting === 'string' && setting.length > LONGEST_SETTING ? undefined : setting;
}

function toSettings(prefix: string, values: Readonly<Record<string, unknown>>): [string, Setting][] {
  return Object.entries(values).flatMap(([name, value]) => {
    const setting = toSetting(value);
    return setting === undefined ? [] : [[`${prefix}${name}`, setting] as [string, Setting]];
  });
}

/** What the samples were drawn with: what the task says goes before what the model says, as in Inspect. */
function readGenerateConfig({ eval: spec, plan }: InspectHeader): [string, unknown][] {
  const layers = [spec.model_generate_config, plan?.config];
  const told = layers.flatMap((layer) => Object.entries(layer ?? {}).filter(([, value]) => value !== null));
  return [...new Map(told)].filter(([name]) => !SENDING.has(name));
}

/** @returns the seed that samples were drawn with; null: not told */
export function readInspectSeed(header: InspectHeader): number | null {
  const seed = new Map(readGenerateConfig(header)).get('seed');
  return typeof seed === 'number' ? seed : null;
}

/** @returns samples that the run was to make; null: not told */
export function countPlannedSamples({ eval: spec, results }: InspectHeader): number | null {
  const problems = spec.dataset?.sample_ids?.length ?? spec.dataset?.samples ?? null;
  return results?.total_samples ?? (problems === null ? null : problems * (spec.config?.epochs ?? 1));
}

/** @param scorer the chosen one, without the key of its values */
export function readInspectSettings(header: InspectHeader, scorer: string | null): SourceHeader['settings'] {
  const { eval: spec, plan } = header;
  const config: Record<string, unknown> = spec.config ?? {};
  const steps = plan?.steps ?? [];
  const options = spec.scorers?.find(({ name }) => name === scorer)?.options ?? {};
  return Object.fromEntries([
    ...toSettings('', Object.fromEntries(readGenerateConfig(header))),
    ...toSettings('', Object.fromEntries(['epochs', ...LIMITS].map((name) => [name, config[name]]))),
    ...toSettings('', { dataset: spec.dataset?.name, task_version: spec.task_version }),
    ...toSettings('task_args.', spec.task_args ?? {}),
    ...toSettings('', { solvers: steps.map(({ solver }) => solver).join(', ') }),
    ...steps.flatMap(({ solver, params }) => toSettings(`${solver}.`, params ?? {})),
    ...toSettings(`${scorer}.`, options),
  ]);
}

/** @param found samples that the log holds */
export function readInspectNotices(header: InspectHeader, found: number): string[] {
  const planned = countPlannedSamples(header);
  const there = planned === null ? `${found} samples are there` : `${found} of ${planned} samples are there`;
  const notices: string[] = [];
  if (header.status === 'started')
    notices.push(`status started: the run was still going on, or it died; ${there}`);
  else if (header.status !== 'success') {
    const message = header.error?.message.split('\n')[0];
    notices.push(`status ${header.status}${message === undefined ? '' : ` (${message})`}: ${there}`);
  } else if (planned !== null && found !== planned) notices.push(there);
  if (header.invalidated === true)
    notices.push('samples of the log were declared invalid: they count as failed');
  return notices;
}
