import { z } from 'zod';

/**
 * How a condition stands in a chain of runs: what its run takes from other runs of the experiment. Declarations name conditions; resolved
 * ones name their fingerprints, so that a chain is hashed like a Merkle tree and equal stages are one run in every experiment.
 */

const run = z.string().min(1).describe('The condition whose run it is: of the same seed and base seed.');
const baseSeed = z
  .number()
  .int()
  .optional()
  .describe('Its run of this base seed, whatever the own one is; absent: of the own base seed.');

export const modelsSchema = z.strictObject({
  policy: z
    .strictObject({ from: z.literal('run').describe('A run of the experiment.'), run })
    .optional()
    .describe(
      'The run whose final policy is trained further, or samples; it is also the reference policy. Absent: the base model.',
    ),
  teacher: z
    .strictObject({ from: z.literal('run').describe('A run of the experiment.'), run })
    .optional()
    .describe(
      'The run whose final policy, or base model where it trains nothing, says how likely it finds the tokens that are learned from. It may be of another ' +
        'recipe. Absent: no part of the scheme reads a teacher.',
    ),
});
export type ModelSources = z.infer<typeof modelsSchema>;

/** Which rows of a dataset a run reads; `median` and `random` are of ranked problems. */
const picks = ['first', 'last', 'median', 'random'] as const;
export type RowPick = (typeof picks)[number];

export const dataSchema = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('dataset').describe('Rows that a `collect` condition has written.'),
    run,
    baseSeed,
    take: z.number().int().min(1).optional().describe('Only so many rows; absent: all.'),
    pick: z
      .enum(picks)
      .optional()
      .describe(
        'Which rows: the first, the last (from the last one on), those in the middle, or some drawn at random, by seed and base seed alike ' +
          'for every arm; absent: the first.',
      ),
  }),
  z.strictObject({
    from: z.literal('rollouts').describe('Training rollouts that another condition has recorded.'),
    run,
    baseSeed,
  }),
  z.strictObject({
    from: z.literal('task').describe('Worked solutions of fresh problems of the task, right at every step.'),
    format: z.string().optional().describe('Format they are written in; absent: the task’s first.'),
  }),
]);
export type DataSource = z.infer<typeof dataSchema>;
/** Data that another run recorded. */
export type RecordedData = Exclude<DataSource, { from: 'task' }>;

export const collectSchema = z.strictObject({
  name: z.string().describe('A collector (docs/chains.md).'),
  options: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("The collector's own options; those left out have its defaults."),
});
export type Collect = z.infer<typeof collectSchema>;

/** What a run takes from another one: the final policy that it starts from, the teacher that it is compared with, or its data. */
export type InputRole = 'policy' | 'teacher' | 'data';

export interface InputSource {
  readonly role: InputRole;
  /** A condition's name where it is declared, its fingerprint once resolved. */
  readonly run: string;
  readonly baseSeed?: number | undefined;
}

/** What of a condition may name other runs. */
export interface ChainLinks {
  readonly models?: ModelSources | undefined;
  readonly data?: DataSource | undefined;
}

/** The runs that a condition's run waits for. */
export function listInputSources({ models, data }: ChainLinks): InputSource[] {
  return [
    ...(models?.policy === undefined ? [] : [{ role: 'policy' as const, run: models.policy.run }]),
    ...(models?.teacher === undefined ? [] : [{ role: 'teacher' as const, run: models.teacher.run }]),
    ...(data === undefined || data.from === 'task'
      ? []
      : [{ role: 'data' as const, run: data.run, baseSeed: data.baseSeed }]),
  ];
}

/** A link as fingerprints know it: what says the same as leaving it out is left out. */
function settleData(data: DataSource): DataSource {
  if (data.from !== 'dataset' || data.pick !== 'first') return data;
  const { pick: _, ...settled } = data;
  return settled;
}

/** The same links, settled, with other names of the runs. */
export function renameInputs(links: ChainLinks, rename: (name: string) => string): ChainLinks {
  const { models } = links;
  const data = links.data === undefined ? undefined : settleData(links.data);
  const renamed = <Source extends { run: string }>(source: Source): Source => ({
    ...source,
    run: rename(source.run),
  });
  const { policy, teacher } = models ?? {};
  const settled = {
    ...(policy === undefined ? {} : { policy: renamed(policy) }),
    ...(teacher === undefined ? {} : { teacher: renamed(teacher) }),
  };
  return {
    ...(Object.keys(settled).length === 0 ? {} : { models: settled }),
    ...(data === undefined ? {} : { data: data.from === 'task' ? data : renamed(data) }),
  };
}

/**
 * What a run does with each step: it lets its policy sample and trains it, trains it on rollouts of a dataset or on worked solutions,
 * or lets it sample for a dataset of its own.
 */
export type RunKind = 'train' | 'fit' | 'collect';
