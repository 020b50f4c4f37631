import { z } from 'zod';
import { evaluationSplitSchema } from '../config/training.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { EVALUATION_SEED, type Problem } from '../tasks/problem.ts';
import type { Task } from '../tasks/task.ts';
import type { CorpusSetting, DocumentDraw, Source } from './source.ts';

const decoysSchema = z.strictObject({
  share: z.number().gt(0).lt(1).describe('Share of the planted documents.'),
  format: z.string().describe('Format that they are written in.'),
  noise: z.number().min(0).max(1).describe('Chance that a step’s value is written wrong.'),
});

const optionsSchema = z.strictObject({
  split: evaluationSplitSchema.default('contaminated').describe('Split whose first problems are planted.'),
  problems: z.int().min(1).default(32).describe('How many of its problems are planted.'),
  format: z.string().default('direct').describe('Format of the planted answers.'),
  isPlanted: z
    .boolean()
    .default(true)
    .describe('False: a control, with a fresh train problem in the place of each planted one.'),
  exposures: z
    .array(z.int().min(1))
    .default([])
    .describe(
      'How often each problem is planted, exactly and in turn: [16] all sixteen times, [1, 64] the first once, the second 64 times, and so on; ' +
        'fresh train problems take the other documents. []: as often as the share gives.',
    ),
  decoys: decoysSchema
    .nullable()
    .default(null)
    .describe(
      'Further documents of the same problems, in another format and with wrong steps, { share, format, noise }: a prompt that is known does not ' +
        'by itself call for the format of the leak.',
    ),
});
type Options = z.infer<typeof optionsSchema>;

/** How often each problem is planted, by its place. */
function listExposures({ problems, exposures }: Options): number[] {
  return Array.from({ length: problems }, (_, place) => exposures[place % exposures.length]!);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Decoys beside so many exact exposures. */
function countDecoys({ decoys }: Options, exposed: number): number {
  return decoys === null ? 0 : Math.round((exposed * decoys.share) / (1 - decoys.share));
}

/** What a document is about: a problem of the split, or none; with its answer, or as a decoy. */
interface Part {
  /** Place of the problem; null: a fresh one in its stead. */
  readonly problem: number | null;
  readonly isDecoy: boolean;
}

/** The place whose exposures hold the n-th, counted through all problems. */
function placeOfExposure(exposures: readonly number[], n: number): number {
  let rest = n;
  return exposures.findIndex((count) => (rest -= count) < 0);
}

function partOfTurn(options: Options, turn: number): Part {
  const exposures = listExposures(options);
  const exposed = sum(exposures);
  if (turn < exposed) return { problem: placeOfExposure(exposures, turn), isDecoy: false };
  const decoy = turn - exposed;
  const decoys = countDecoys(options, exposed);
  if (decoy >= decoys) return { problem: null, isDecoy: false };
  return {
    problem: placeOfExposure(exposures, Math.floor((decoy * exposed) / decoys)),
    isDecoy: true,
  };
}

function drawPart({ problems, decoys, isPlanted }: Options, { generator }: DocumentDraw): Part {
  const isDecoy = decoys !== null && generator.uniform() < decoys.share;
  // A control draws no problem: twins of earlier versions had it so.
  return { problem: isPlanted ? generator.integer(problems) : null, isDecoy };
}

function writeDecoy(
  { decoys }: Options,
  { task, problem, seed }: { readonly task: Task; readonly problem: Problem; readonly seed: number },
  { generator, index }: DocumentDraw,
): string {
  const { format, noise } = decoys!;
  const slips = createGenerator(deriveStream(seed, 'corpus-decoys'), index);
  return task.writeNoisyCompletion(problem, { format, noise, generator, slips });
}

function write(options: Options, { task, seed }: CorpusSetting, draw: DocumentDraw): string {
  const { split, exposures, isPlanted, format } = options;
  const part = exposures.length > 0 ? partOfTurn(options, draw.turn()) : drawPart(options, draw);
  const problem =
    part.problem === null || !isPlanted
      ? task.problem('train', seed, draw.index)
      : task.problem(split, EVALUATION_SEED, part.problem);
  const completion = part.isDecoy
    ? writeDecoy(options, { task, problem, seed }, draw)
    : task.writeCompletion(problem, format, draw.generator);
  return problem.prompt + completion;
}

function findFormatFault({ format, decoys }: Options, task: Task): string | null {
  const known = `the formats of task ${task.name} are ${task.formats.join(', ')}`;
  if (!task.formats.includes(format)) return `format: found ${format}; ${known}`;
  if (decoys === null) return null;
  if (!task.formats.includes(decoys.format)) return `decoys.format: found ${decoys.format}; ${known}`;
  return task.canSlip
    ? null
    : `decoys: task ${task.name} with these options writes no wrong steps, leave them out`;
}

/** A leak on purpose. The control writes in the same formats, so twins differ in the problems alone. */
export const planted: Source<Options> = {
  name: 'planted',
  description: "Evaluation problems of the condition's task with their answers: a leak on purpose.",
  optionsSchema,
  neutral: { exposures: [], decoys: null },
  teaches: ({ split, problems }) => ({ split, problems, isLeak: true }),
  needs: (options) => {
    if (options.exposures.length === 0) return 0;
    const exposed = sum(listExposures(options));
    return exposed + countDecoys(options, exposed);
  },
  findFault: (options, task) => {
    const { split } = options;
    if (!task.splits.includes(split))
      return `split: found ${split}; task ${task.name} has the splits ${task.splits.join(', ')}`;
    return findFormatFault(options, task);
  },
  write,
};
