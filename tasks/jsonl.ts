import { z } from 'zod';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { answerChecks, expectedAnswers } from './answer-checks.ts';
import type { Problem, Split } from './problem.ts';
import { problemRowSchema, type ProblemRow } from './problem-rows.ts';
import { answerOf, referenceOf, workingOf, workingOfCompletion } from './row-answers.ts';
import { uniformOfKey } from './split-draw.ts';
import { SplitExhaustedError, UnknownFormatError, type AnswerSpan, type TaskFamily } from './task-family.ts';
import { verifyExpression } from './verify-expression.ts';
import { malformed, type Verdict } from './verdict.ts';

const share = (value: number, split: string) =>
  z.number().min(0).max(1).default(value).describe(`Share of the rows in split '${split}'.`);

const FORMATS = ['answer', 'solution'] as const;
type Format = (typeof FORMATS)[number];

const fieldsSchema = z.strictObject({
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
    .describe(
      'The answer is the text after the last marker, in completions and in references that have one; null: the whole text.',
    ),
  // Without a default: conditions of earlier versions, which say nothing, keep their fingerprints.
  formats: z
    .array(z.enum(FORMATS))
    .min(1)
    .optional()
    .describe(
      "Ways to write a completion: 'answer' alone (what is left out means), or 'solution', the row's worked solution, then answerMarker and " +
        'the answer, with nothing between them.',
    ),
  trims: z.boolean().default(false).describe("Leave out blanks around the answer ('exact' only)."),
  ignoresCase: z.boolean().default(false).describe("Upper and lower case count as equal ('exact' only)."),
  tolerance: z.number().min(0).default(0).describe('Largest difference between numbers that count as equal.'),
});

const optionsSchema = fieldsSchema.refine(
  ({ formats, answerMarker }) => !(formats ?? []).includes('solution') || answerMarker !== null,
  {
    path: ['formats'],
    message: "'solution' needs answerMarker, which tells the answer from what leads to it",
  },
);

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

const formatsOf = ({ formats }: JsonlOptions): readonly Format[] => formats ?? ['answer'];

/** With another answer it is another problem: a store may hold runs on the file before a reference was mended. */
function toProblem(options: JsonlOptions, row: ProblemRow): Problem {
  const { question, answer } = row;
  const metadata = formatsOf(options).includes('solution')
    ? { ...row.metadata, solution: workingOf(options, row) }
    : row.metadata;
  if (answer === null)
    return { key: question, prompt: question, answer: '', metadata: { ...metadata, isUnverifiable: true } };
  const reference = referenceOf(options, answer);
  return { key: `${question} → ${reference}`, prompt: question, answer: reference, metadata };
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
  return toProblem(options, rows[index % count]!);
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

function requireFormat(options: JsonlOptions, format: string): Format {
  const known = formatsOf(options).find((name) => name === format);
  if (known === undefined) throw new UnknownFormatError('jsonl', format, formatsOf(options));
  return known;
}

function writeCompletion(options: JsonlOptions, { answer, metadata }: Problem, format: string): string {
  const end = `${options.answerMarker ?? ''}${answer}`;
  return requireFormat(options, format) === 'answer' ? end : `${String(metadata?.['solution'] ?? '')}${end}`;
}

/** Nothing leads into a worked solution. */
function formatPrefix(options: JsonlOptions, format: string): string {
  return requireFormat(options, format) === 'answer' ? (options.answerMarker ?? '') : '';
}

function formatOf(options: JsonlOptions, completion: string): string {
  const answer = answerOf(options, completion);
  if (answer === null || answer.trim() === '') return 'other';
  const formats = formatsOf(options);
  if (formats.length === 1 && formats[0] === 'answer') return 'answer';
  const isWorked = workingOfCompletion(options, completion)!.trim() !== '';
  return formats.find((format) => (format === 'solution') === isWorked) ?? 'other';
}

function alphabet(options: JsonlOptions): string {
  const { rows, answerMarker } = options;
  const solutions = formatsOf(options).includes('solution') ? rows.map((row) => workingOf(options, row)) : [];
  const texts = rows.flatMap((row) => [row.question, row.answer ?? '']);
  return [...new Set([answerMarker ?? '', ...texts, ...solutions].join(''))].sort().join('');
}

function maxCompletionCharacters(options: JsonlOptions): number {
  const isWorked = formatsOf(options).includes('solution');
  const lengthOf = (row: ProblemRow): number =>
    referenceOf(options, row.answer ?? '').length + (isWorked ? (workingOf(options, row)?.length ?? 0) : 0);
  const longest = options.rows.reduce((most, row) => Math.max(most, lengthOf(row)), 0);
  return (options.answerMarker?.length ?? 0) + longest;
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

/** What is found in a row, and what its own verifier or a format expects there. */
export interface RowFault {
  readonly found: string;
  readonly expected: string;
}

/** Why a row's reference, written as a completion, is not right under its own verifier, or cannot be written; null: it can. */
export function findRowFault(options: JsonlOptions, row: ProblemRow): RowFault | null {
  if (row.answer === null) return null;
  const { verification } = options;
  const verdict = verify(
    options,
    toProblem(options, row),
    `${options.answerMarker ?? ''}${referenceOf(options, row.answer)}`,
  );
  if (verdict.outcome !== 'correct') {
    const expected =
      verification === 'expression'
        ? 'an expression of metadata.numbers that reaches metadata.target'
        : expectedAnswers[verification];
    return { found: row.answer, expected };
  }
  if (!formatsOf(options).includes('solution') || workingOf(options, row) !== null) return null;
  return { found: row.answer, expected: 'a worked solution in field `solution` or before answerMarker' };
}

/** Problems from a file; whoever reads the file hands over its rows (`parseProblemFile`). */
export const jsonl: TaskFamily<JsonlOptions> = {
  name: 'jsonl',
  optionsSchema,
  splits: () => SPLITS,
  alphabet,
  problem,
  countProblems: (options, split) => rowsOf(options, { split, seed: 0, epoch: 0 }).length,
  formats: formatsOf,
  writeCompletion,
  formatPrefix,
  formatOf,
  maxCompletionCharacters,
  verify,
  answerSpan,
  answers,
};
