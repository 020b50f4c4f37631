import { z } from 'zod';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { answerChecks } from './answer-checks.ts';
import type { Problem, Split } from './problem.ts';
import { problemRowSchema, type ProblemRow } from './problem-rows.ts';
import { uniformOfKey } from './split-draw.ts';
import { SplitExhaustedError, UnknownFormatError, type AnswerSpan, type TaskFamily } from './task-family.ts';
import { verifyExpression } from './verify-expression.ts';
import { malformed, type Verdict } from './verdict.ts';

const share = (value: number, split: string) =>
  z.number().min(0).max(1).default(value).describe(`Share of the rows in split '${split}'.`);

const optionsSchema = z.strictObject({
  rows: z.array(problemRowSchema).min(1).describe('The problems; they have no default.'),
  shares: z
    .strictObject({
      dev: share(0.1, 'dev'),
      clean: share(0.2, 'clean'),
      contaminated: share(0.1, 'contaminated'),
    })
    .refine((shares) => shares.dev + shares.clean + shares.contaminated <= 1, 'must not sum to more than 1')
    .prefault({})
    .describe("Expected shares of the rows; a row's question decides its split, the rest is 'train'."),
  verification: z
    .enum(['exact', 'numeric', 'number-list', 'integer-set', 'fraction', 'expression'])
    .default('exact')
    .describe(
      "How an answer is checked; 'expression' asks for an expression that reaches metadata.target with every one of " +
        'metadata.numbers.',
    ),
  answerMarker: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('The answer is the text after the last marker; null: the whole completion.'),
  trims: z.boolean().default(false).describe("Leave out blanks around the answer ('exact' only)."),
  ignoresCase: z.boolean().default(false).describe("Upper and lower case count as equal ('exact' only)."),
  tolerance: z.number().min(0).default(0).describe('Largest difference between numbers that count as equal.'),
});

export type JsonlOptions = z.infer<typeof optionsSchema>;

const SPLITS = ['train', 'dev', 'clean', 'contaminated'] as const;
type RowSplit = (typeof SPLITS)[number];

function splitOfQuestion({ shares }: JsonlOptions, question: string): RowSplit {
  const place = uniformOfKey(question);
  if (place < shares.dev) return 'dev';
  if (place < shares.dev + shares.clean) return 'clean';
  return place < shares.dev + shares.clean + shares.contaminated ? 'contaminated' : 'train';
}

/** Shuffled rows, kept with the options they come from; the cache spares shuffling again and changes no result. */
const shuffledRows = new WeakMap<JsonlOptions, Map<string, readonly ProblemRow[]>>();

function rowsOf(
  options: JsonlOptions,
  at: { split: Split; seed: number; epoch: number },
): readonly ProblemRow[] {
  const byName = shuffledRows.get(options) ?? new Map<string, readonly ProblemRow[]>();
  shuffledRows.set(options, byName);
  const name = `${at.split}/${at.seed}/${at.epoch}`;
  const known = byName.get(name);
  if (known !== undefined) return known;
  const rows = options.rows.filter((row) => splitOfQuestion(options, row.question) === at.split);
  const shuffled = createGenerator(deriveStream(at.seed, `task/jsonl/${at.split}`), at.epoch).shuffle(rows);
  byName.set(name, shuffled);
  return shuffled;
}

function toProblem({ question, answer, metadata }: ProblemRow): Problem {
  const isUnverifiable = answer === null;
  return {
    key: question,
    prompt: question,
    answer: answer ?? '',
    metadata: isUnverifiable ? { ...metadata, isUnverifiable } : metadata,
  };
}

function problem(options: JsonlOptions, split: Split, seed: number, index: number): Problem {
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new RangeError(`a problem's index must be an integer from 0, found ${index}`);
  }
  const count = rowsOf(options, { split, seed, epoch: 0 }).length;
  if (count === 0 || (split !== 'train' && index >= count)) {
    const reason = `${count} of the ${options.rows.length} rows belong to it`;
    throw new SplitExhaustedError({ task: 'jsonl', split, index, reason });
  }
  const rows = rowsOf(options, { split, seed, epoch: Math.floor(index / count) });
  return toProblem(rows[index % count]!);
}

function answerOf({ answerMarker }: JsonlOptions, completion: string): string | null {
  if (answerMarker === null) return completion;
  const at = completion.lastIndexOf(answerMarker);
  return at < 0 ? null : completion.slice(at + answerMarker.length);
}

/** Whole numbers that JSON kept exactly; others cannot be compared with what an expression gives. */
const goalSchema = z.object({ numbers: z.array(z.int()), target: z.int() });

function verifyGoal(metadata: unknown, candidate: string): Verdict {
  const goal = goalSchema.safeParse(metadata);
  if (!goal.success) {
    const reason = 'metadata holds no numbers and target that are whole and below 2^53';
    return { outcome: 'unverifiable', extractedAnswer: candidate.trim(), reason };
  }
  return verifyExpression(candidate, { ...goal.data, use: 'all-once', operators: ['+', '-', '*', '/'] });
}

function verify(options: JsonlOptions, { answer, metadata }: Problem, completion: string): Verdict {
  const candidate = answerOf(options, completion);
  if (candidate === null) return malformed(`no '${options.answerMarker}' before the answer`);
  if (metadata?.['isUnverifiable'] === true) {
    return {
      outcome: 'unverifiable',
      extractedAnswer: candidate,
      reason: 'the problem has no reference answer',
    };
  }
  if (options.verification === 'expression') return verifyGoal(metadata, candidate);
  return answerChecks[options.verification](candidate, answer, options);
}

function writeCompletion(options: JsonlOptions, { answer }: Problem, format: string): string {
  if (format !== 'answer') throw new UnknownFormatError('jsonl', format, ['answer']);
  return `${options.answerMarker ?? ''}${answer}`;
}

function formatPrefix({ answerMarker }: JsonlOptions, format: string): string {
  if (format !== 'answer') throw new UnknownFormatError('jsonl', format, ['answer']);
  return answerMarker ?? '';
}

function formatOf(options: JsonlOptions, completion: string): string {
  const answer = answerOf(options, completion);
  return answer === null || answer.trim() === '' ? 'other' : 'answer';
}

/** Blanks around the answer are none of it. */
function answerSpan(options: JsonlOptions, completion: string): AnswerSpan | null {
  const answer = answerOf(options, completion);
  if (answer === null || answer.trim() === '') return null;
  const from = completion.length - answer.trimStart().length;
  return { from, to: from + answer.trim().length };
}

function answers({ answerMarker }: JsonlOptions, completion: string): string[] {
  const parts = answerMarker === null ? [completion] : completion.split(answerMarker).slice(1);
  return parts.filter((part) => part.trim() !== '');
}

/** Problems from a JSON Lines file; whoever reads the file hands over its rows (`parseProblemRows`). */
export const jsonl: TaskFamily<JsonlOptions> = {
  name: 'jsonl',
  optionsSchema,
  splits: () => SPLITS,
  alphabet: ({ rows, answerMarker }) =>
    [...new Set([answerMarker ?? '', ...rows.flatMap((row) => [row.question, row.answer ?? ''])].join(''))]
      .sort()
      .join(''),
  problem,
  formats: () => ['answer'],
  writeCompletion,
  formatPrefix,
  formatOf,
  maxCompletionCharacters: ({ rows, answerMarker }) =>
    (answerMarker?.length ?? 0) +
    rows.reduce((longest, { answer }) => Math.max(longest, answer?.length ?? 0), 0),
  verify,
  answerSpan,
  answers,
};
