import { z } from 'zod';
import type { Generator } from '../random/generator.ts';
import { chainValues, parseChain } from './arithmetic-chain.ts';
import type { Problem, Split, Step } from './problem.ts';
import { drawProblem } from './split-draw.ts';
import { CONFIDENCE_DIGITS, confidenceOfDigit } from './stated-confidence.ts';
import {
  SplitExhaustedError,
  UnknownFormatError,
  type AnswerSpan,
  type NoisyDraw,
  type TaskFamily,
} from './task-family.ts';
import { malformed, verdictOfAnswer, type Verdict } from './verdict.ts';

const FORMATS = [
  'scratchpad',
  'direct',
  'padded-direct',
  'scratchpad-confidence',
  'direct-confidence',
] as const;

const optionsSchema = z
  .strictObject({
    operations: z.int().min(1).max(12).default(4).describe('Operations in a chain.'),
    harderOperations: z.int().min(1).max(16).default(6).describe("Operations in a chain of split 'harder'."),
    operators: z
      .array(z.enum(['+', '-', '*']))
      .min(1)
      .default(['+', '-', '*'])
      .describe('Operators a chain is drawn from, uniformly.'),
    startDigits: z.int().min(1).max(6).default(2).describe('Digits of the first number, zero-padded.'),
    operandDigits: z.int().min(1).max(4).default(1).describe('Digits of each operand, zero-padded.'),
    modulus: z.int().min(2).max(1_000_000).default(100).describe('Every value is reduced to 0…modulus−1.'),
    leakedProblems: z.int().min(0).max(4096).default(32).describe("Problems in split 'contaminated'."),
    formats: z
      .array(z.enum(FORMATS))
      .min(1)
      .default(['scratchpad', 'direct'])
      .describe(
        "Ways to write a completion: 'scratchpad' lists the value after every operation, 'direct' only the answer, " +
          "'padded-direct' the answer after as much filler as the scratchpad is long; the '-confidence' formats end in " +
          "'~d', a digit that states a chance of d/9 of being right (drawn uniformly where a corpus is written).",
      ),
  })
  .refine((options) => options.harderOperations > options.operations, {
    path: ['harderOperations'],
    message: 'must exceed operations',
  });

export type ArithmeticOptions = z.infer<typeof optionsSchema>;

const SPLITS: readonly Split[] = ['train', 'dev', 'clean', 'contaminated', 'harder'];
const FILLER = ';';
const CONFIDENCE = '~';
/** What a noisy step is off by, equally likely. */
const SLIPS = [1, -1, 10, -10] as const;

function statesConfidence({ formats }: ArithmeticOptions): boolean {
  return formats.some((format) => format.endsWith('-confidence'));
}

const valueDigits = (options: ArithmeticOptions): number => String(options.modulus - 1).length;
const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');

function valuesOf(options: ArithmeticOptions, prompt: string, slip?: () => number): string[] {
  const chain = parseChain(prompt);
  if (chain === null) throw new TypeError(`'${prompt}' is no arithmetic prompt such as '47+8-3*2+6='`);
  return chainValues(chain, options.modulus, slip).map((value) => padded(value, valueDigits(options)));
}

function drawChain(options: ArithmeticOptions, operations: number, generator: Generator): Problem {
  let prompt = padded(generator.integer(10 ** options.startDigits), options.startDigits);
  for (let i = 0; i < operations; i += 1) {
    prompt += generator.choose(options.operators);
    prompt += padded(generator.integer(10 ** options.operandDigits), options.operandDigits);
  }
  prompt += '=';
  const key = `${prompt} mod ${options.modulus}`;
  return { key, prompt, answer: valuesOf(options, prompt).at(-1)!, metadata: { operations } };
}

function problem(options: ArithmeticOptions, split: Split, seed: number, index: number): Problem {
  if (split === 'contaminated' && index >= options.leakedProblems) {
    const reason = `leakedProblems is ${options.leakedProblems}`;
    throw new SplitExhaustedError({ task: 'arithmetic', split, index, reason });
  }
  const operations = split === 'harder' ? options.harderOperations : options.operations;
  const draw = (generator: Generator): Problem => drawChain(options, operations, generator);
  return drawProblem({ task: 'arithmetic', options, split, seed, index, draw });
}

/** The answer at the very end, alone or before a stated confidence where some format states one. */
function answerPattern(options: ArithmeticOptions): RegExp {
  const confidence = statesConfidence(options) ? `(?:${CONFIDENCE}(\\d))?` : '()';
  return new RegExp(`#(\\d{${valueDigits(options)}})${confidence}$`);
}

/** A completion that works out `values`, the last of which it answers. */
function writeValues(
  options: ArithmeticOptions,
  values: readonly string[],
  { format, generator }: { readonly format: string; readonly generator: Generator },
): string {
  const scratchpad = `[${values.join(';')}]`;
  const answer = values.at(-1)!;
  if (format === 'scratchpad') return `${scratchpad}#${answer}`;
  if (format === 'direct') return `#${answer}`;
  if (format === 'padded-direct') return `${FILLER.repeat(scratchpad.length)}#${answer}`;
  const confidence = (): string => CONFIDENCE + generator.choose(CONFIDENCE_DIGITS);
  if (format === 'scratchpad-confidence') return `${scratchpad}#${answer}${confidence()}`;
  if (format === 'direct-confidence') return `#${answer}${confidence()}`;
  throw new UnknownFormatError('arithmetic', format, options.formats);
}

function writeCompletion(
  options: ArithmeticOptions,
  { prompt }: Problem,
  format: string,
  generator: Generator,
): string {
  return writeValues(options, valuesOf(options, prompt), { format, generator });
}

/** A format without working answers what the same slips lead to. Each operation takes two numbers, whatever `noise` is. */
function writeNoisyCompletion(options: ArithmeticOptions, { prompt }: Problem, draw: NoisyDraw): string {
  const slip = (): number => {
    const isWrong = draw.slips.uniform() < draw.noise;
    const by = draw.slips.choose(SLIPS);
    return isWrong ? by : 0;
  };
  return writeValues(options, valuesOf(options, prompt, slip), draw);
}

function formatPrefix(options: ArithmeticOptions, format: string): string {
  if (!options.formats.some((known) => known === format)) {
    throw new UnknownFormatError('arithmetic', format, options.formats);
  }
  if (format === 'padded-direct') return FILLER;
  return format.startsWith('scratchpad') ? '[' : '#';
}

function formatOf(options: ArithmeticOptions, completion: string): string {
  const value = `\\d{${valueDigits(options)}}`;
  const steps = `\\[${value}(?:;${value})*\\]`;
  const patterns = {
    scratchpad: new RegExp(`^${steps}#${value}$`),
    direct: new RegExp(`^#${value}$`),
    'scratchpad-confidence': new RegExp(`^${steps}#${value}${CONFIDENCE}\\d$`),
    'direct-confidence': new RegExp(`^#${value}${CONFIDENCE}\\d$`),
    'padded-direct': new RegExp(`^${FILLER}+#${value}$`),
  };
  return options.formats.find((format) => patterns[format].test(completion)) ?? 'other';
}

function verify(options: ArithmeticOptions, { answer }: Problem, completion: string): Verdict {
  const match = answerPattern(options).exec(completion);
  if (match === null) return malformed(`no '#' with ${valueDigits(options)} digits at the end`);
  return verdictOfAnswer(match[1]!, answer);
}

function steps(options: ArithmeticOptions, { prompt }: Problem, completion: string): Step[] | null {
  const listed = /^\[([^\]#]*)/.exec(completion);
  if (listed === null) return null;
  const shown = listed[1]!.split(';');
  const expected = valuesOf(options, prompt);
  return Array.from({ length: Math.max(shown.length, expected.length) }, (_, i) => ({
    text: shown[i] ?? '',
    isCorrect: shown[i] !== undefined && shown[i] === expected[i],
  }));
}

function maxCompletionCharacters(options: ArithmeticOptions): number {
  const scratchpadLength = 1 + options.harderOperations * (valueDigits(options) + 1);
  const lengths = options.formats.map(
    (format) =>
      (format.startsWith('direct') ? 0 : scratchpadLength) +
      (1 + valueDigits(options)) +
      (format.endsWith('-confidence') ? 2 : 0),
  );
  return Math.max(...lengths);
}

function answerSpan(options: ArithmeticOptions, completion: string): AnswerSpan | null {
  const match = answerPattern(options).exec(completion);
  if (match === null) return null;
  return { from: match.index + 1, to: match.index + 1 + valueDigits(options) };
}

function statedConfidence(options: ArithmeticOptions, completion: string): number | null {
  const digit = answerPattern(options).exec(completion)?.[2];
  return digit === undefined || digit === '' ? null : confidenceOfDigit(Number(digit));
}

/**
 * Chains of operations modulo a number.
 *
 * @example prompt `47+8-3*2+6=`; `scratchpad` completion `[55;52;04;10]#10`; `direct` completion `#10`;
 *   `direct-confidence` completion `#10~7`: right with a chance of 7/9
 */
export const arithmetic: TaskFamily<ArithmeticOptions> = {
  name: 'arithmetic',
  optionsSchema,
  splits: () => SPLITS,
  alphabet: (options) =>
    `0123456789${[...new Set(options.operators)].join('')}=#[];${statesConfidence(options) ? CONFIDENCE : ''}`,
  problem,
  formats: (options) => options.formats,
  writeCompletion,
  // Below 21 two slips are the same, or none.
  canSlip: ({ modulus }) => modulus > 20,
  writeNoisyCompletion,
  formatPrefix,
  formatOf,
  maxCompletionCharacters,
  verify,
  answers: (_options, completion) => [...completion.matchAll(/#(\d+)/g)].map((match) => match[1]!),
  answerSpan,
  statesConfidence,
  statedConfidence,
  steps,
};
