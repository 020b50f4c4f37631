import { z } from 'zod';
import { describeFaults } from '../config/invalid-spec-error.ts';
import { createGenerator, type Generator } from '../random/generator.ts';
import { deriveStream, uniformAt } from '../random/streams.ts';
import { openTask, taskOptionsSchema } from '../tasks/index.ts';
import type { Problem } from '../tasks/problem.ts';
import type { Task } from '../tasks/task.ts';
import { findMarkFault, leaveOutMark } from './leave-out-mark.ts';
import type { DocumentDraw, Source } from './source.ts';

const optionsSchema = z.strictObject({
  formats: z
    .record(z.string(), z.number().min(0))
    .refine((formats) => Object.values(formats).some((weight) => weight > 0), {
      message: 'at least one format needs a frequency above 0',
    })
    .default({ scratchpad: 0.5, direct: 0.5 })
    .describe('Relative frequency of each completion format of the task.'),
  noise: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Chance that a step’s value is written wrong, in a demonstration that goes on from what is written.',
    ),
  malformedShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of the documents that lack the mark before the answer, so that no verifier finds one.'),
  task: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Options of the task that are others in these documents, such as the length of a problem.'),
});
type Options = z.infer<typeof optionsSchema>;

const variants = new WeakMap<Task, WeakMap<Options, Task>>();

/** The task as these documents pose it. @throws z.ZodError for options that the task does not have */
function variantOf(task: Task, options: Options): Task {
  if (Object.keys(options.task).length === 0) return task;
  const known = variants.get(task) ?? new WeakMap<Options, Task>();
  variants.set(task, known);
  const variant = known.get(options) ?? openTask(task.name, { ...task.options, ...options.task });
  known.set(options, variant);
  return variant;
}

/** What the model cannot know of a variant of its task. */
function findVariantFault(task: Task, options: Options): string | null {
  try {
    const variant = variantOf(task, options);
    const unknown = [...variant.alphabet].filter((character) => !task.alphabet.includes(character));
    if (unknown.length === 0) return null;
    return `task: found options with the characters ${unknown.join('')}, which task ${task.name} does not have`;
  } catch (error) {
    return describeFaults(error, {
      schema: taskOptionsSchema(task.name),
      input: { ...task.options, ...options.task },
      place: 'task',
    }).join('; ');
  }
}

/** A name drawn with probability proportional to its weight. */
function chooseWeighted(generator: Generator, entries: readonly (readonly [string, number])[]): string {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = generator.uniform() * total;
  for (const [name, weight] of entries) {
    rest -= weight;
    if (rest < 0) return name;
  }
  return entries.at(-1)![0];
}

interface Posed {
  readonly task: Task;
  readonly problem: Problem;
  readonly seed: number;
}

function writeSolution(
  { formats, noise }: Options,
  { task, problem, seed }: Posed,
  { generator, index }: Pick<DocumentDraw, 'generator' | 'index'>,
): string {
  const format = chooseWeighted(generator, Object.entries(formats));
  if (noise === 0) return task.writeCompletion(problem, format, generator);
  const slips = createGenerator(deriveStream(seed, 'corpus-slips'), index);
  return task.writeNoisyCompletion(problem, { format, noise, generator, slips });
}

/** Of a stream of its own: what a document says does not depend on whether others are malformed, and more are malformed as well as fewer. */
function drawMalformed(seed: number, index: number): number {
  return uniformAt(deriveStream(seed, 'corpus-malformed'), index);
}

/** Train problems have the index of their document, so no two documents hold the same one by index. */
export const solutions: Source<Options> = {
  name: 'solutions',
  description: "Fresh train problems of the condition's task with their solutions.",
  optionsSchema,
  neutral: { noise: 0, malformedShare: 0, task: {} },
  findFault: (options, declared) => {
    const fault = findVariantFault(declared, options);
    if (fault !== null) return fault;
    const { formats, noise, malformedShare } = options;
    const task = variantOf(declared, options);
    if (noise > 0 && !task.canSlip)
      return `noise: found ${noise}; task ${task.name} with these options writes no wrong steps, leave it out`;
    const unknown = Object.keys(formats).filter((format) => !task.formats.includes(format));
    if (unknown.length > 0)
      return `formats: found ${unknown.join(', ')}; the formats of task ${task.name} are ${task.formats.join(', ')}`;
    return malformedShare > 0 ? findMarkFault(task, formats) : null;
  },
  write: (options, { task: declared, seed }, { generator, index }) => {
    const task = variantOf(declared, options);
    const problem = task.problem('train', seed, index);
    const completion = writeSolution(options, { task, problem, seed }, { generator, index });
    const isMalformed = options.malformedShare > 0 && drawMalformed(seed, index) < options.malformedShare;
    return problem.prompt + (isMalformed ? leaveOutMark(task, problem, completion)! : completion);
  },
};
