import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { readNeighbor, type Neighbor } from '../read-neighbor.ts';

const namedSchema = z.record(z.string(), z.unknown());

/** What is read of `results_DATE.json`; versions differ in the rest. */
const resultsSchema = z.looseObject({
  results: z.record(z.string(), namedSchema),
  versions: namedSchema.default({}),
  'n-shot': namedSchema.default({}),
  config: namedSchema.default({}),
  git_hash: z.string().nullish(),
  lm_eval_version: z.string().nullish(),
  model_name: z.string().nullish(),
  task_hashes: z.record(z.string(), z.string()).nullish(),
  system_instruction: z.string().nullish(),
  chat_template_sha: z.string().nullish(),
  fewshot_as_multiturn: z.boolean().nullish(),
});

export type LmEvalResults = z.infer<typeof resultsSchema>;

/** What lies beside a samples file, and what its name says. */
export interface LmEvalNeighbors {
  readonly task: string | null;
  readonly results: Neighbor<LmEvalResults>;
}

/** The harness names both files of one evaluation by its end: `2026-11-30T19-06-33.943791`. */
const SAMPLES_NAME = /^samples_(.+)_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)\.jsonl/;

/** Reads the results file of the same evaluation as a samples file, where that has kept its name. */
export async function readLmEvalNeighbors(path: string): Promise<LmEvalNeighbors> {
  const [, task = null, date = null] = SAMPLES_NAME.exec(basename(path)) ?? [];
  if (date === null) {
    const reason =
      'cannot be told, since the file is not named samples_TASK_DATE.jsonl as the harness names it';
    return { task, results: { kind: 'unread', reason } };
  }
  const names = await readdir(dirname(path));
  const found = names.find((name) => name.endsWith(`_${date}.json`)) ?? `results_${date}.json`;
  return { task, results: await readNeighbor(join(dirname(path), found), resultsSchema) };
}

/** The scores of a task in the harness's own notation, `metric,filter`. */
export function listAggregates({ results }: LmEvalResults, task: string): string[] {
  const names = Object.hasOwn(results, task) ? Object.keys(results[task]!) : [];
  return names.filter((name) => name.includes(',') && !name.includes('_stderr,'));
}

/** `--seed N` gives every generator the same seed; by default they differ, and no one of them is the run's. */
export function readRunSeed({ config }: LmEvalResults): number | null {
  const { random_seed, numpy_seed, torch_seed } = config;
  const isOne = random_seed === numpy_seed && random_seed === torch_seed;
  return isOne && Number.isSafeInteger(random_seed) ? (random_seed as number) : null;
}

const own = (values: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(values, name) ? values[name] : undefined;

const CONFIGURED = [
  'model_args',
  'limit',
  'batch_size',
  'gen_kwargs',
  'random_seed',
  'numpy_seed',
  'torch_seed',
  'fewshot_seed',
];

/** What the samples of a task were drawn with. */
export function listLmEvalSettings(results: LmEvalResults, task: string): Record<string, unknown> {
  const { config, system_instruction, chat_template_sha, fewshot_as_multiturn } = results;
  return {
    ...Object.fromEntries(CONFIGURED.map((name) => [name, own(config, name)])),
    num_fewshot: own(results['n-shot'], task),
    task_version: own(results.versions, task),
    ...{ system_instruction, chat_template_sha, fewshot_as_multiturn },
  };
}

/** The model by the name that the harness gives it; `hf` and the like are only kinds of models. */
export function readModel({ model_name, config }: LmEvalResults): string | null {
  if (typeof model_name === 'string' && model_name !== '') return model_name;
  return typeof config['model'] === 'string' ? config['model'] : null;
}

export function describeLmEval({ lm_eval_version, git_hash }: LmEvalResults): string {
  const version = lm_eval_version ?? 'of an unknown version';
  return typeof git_hash === 'string' ? `lm_eval ${version} (git ${git_hash})` : `lm_eval ${version}`;
}
