import { z } from 'zod';
import { ScoreFailureError, type Reward, type Score } from './reward.ts';

/** An argument that names a file beside the declaration, as long as nothing has taken the file in. */
const PATH = /^\.\.?\//;

const optionsSchema = z
  .strictObject({
    command: z
      .array(z.string().min(1))
      .default([])
      .describe('Program and arguments; those that begin with ./ are files beside the declaration.'),
    files: z
      .record(z.string(), z.string())
      .default({})
      .describe(
        'Files that it consists of; a declaration lists paths, to which those of `command` are added, and their texts by name take their place.',
      ),
    deadlineMs: z
      .number()
      .int()
      .min(1)
      .default(10_000)
      .describe('Milliseconds that it may take over one rollout; the first has the start in it.'),
    atOnce: z
      .number()
      .int()
      .min(1)
      .default(1)
      .describe('Rollouts that it is sent before it has answered the first of them.'),
  })
  .superRefine(({ command, files }, { addIssue }) => {
    const stray = command.find((argument) => PATH.test(argument));
    if (stray === undefined) return;
    addIssue({
      code: 'custom',
      path: ['command'],
      message: `found "${stray}", of which files (${Object.keys(files).join(', ') || 'none'}) holds no text; declare it in a file`,
    });
  });

/** @throws ScoreFailureError */
function readScore({ score, error }: Readonly<Record<string, unknown>>): Score {
  if (error !== undefined && error !== null)
    throw new ScoreFailureError('rejected', typeof error === 'string' ? error : JSON.stringify(error));
  if (score === null || (typeof score === 'number' && Number.isFinite(score))) return score;
  throw new ScoreFailureError(
    'unreadable',
    `found the score ${JSON.stringify(score) ?? 'undefined'}, expected a finite number, or null`,
  );
}

/** A reward in any language: one JSON object per line in, one per line out. */
export const external: Reward<z.infer<typeof optionsSchema>> = {
  name: 'external',
  description: 'What a program of your own says, over lines of JSON.',
  optionsSchema,
  sees: () => 'labels',
  findFault: ({ command }, { rewards }) => {
    if (command.length === 0) return 'command: found none, expected a program, e.g. [python3, ./reward.py]';
    const times = rewards.filter(({ name }) => name === 'external').length;
    return times > 1
      ? `a scheme has one reward external, found ${times}; let one program give the sum`
      : null;
  },
  score: async ({ problem, completion, position, isTruncated, verdict }, { command, files }, asking) => {
    const { id } = asking;
    const line = {
      ...{ id, problem: problem.key, sample: position, prompt: problem.prompt, completion },
      ...{ answer: problem.answer, isTruncated, outcome: verdict.outcome },
    };
    return readScore(await asking.sendLine({ command, files }, line));
  },
};
