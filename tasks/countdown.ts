import { z } from 'zod';
import type { Generator } from '../random/generator.ts';
import { readExpression } from './expression.ts';
import type { Problem, Split, Step } from './problem.ts';
import { drawProblem } from './split-draw.ts';
import { SplitExhaustedError, UnknownFormatError, type TaskFamily } from './task-family.ts';
import { verifyExpression, type ExpressionGoal } from './verify-expression.ts';
import { malformed, type Verdict } from './verdict.ts';

const optionsSchema = z
  .strictObject({
    numbers: z.int().min(2).max(6).default(3).describe('Numbers given.'),
    harderNumbers: z.int().min(2).max(7).default(4).describe("Numbers given in split 'harder'."),
    largestNumber: z.int().min(2).max(999).default(20).describe('Numbers are drawn from 1…largestNumber.'),
    largestTarget: z.int().min(2).max(9999).default(99).describe('Targets lie in 1…largestTarget.'),
    operators: z
      .array(z.enum(['+', '-', '*', '/']))
      .min(1)
      .default(['+', '-', '*'])
      .describe('Operators that a solution may use.'),
    use: z
      .enum(['all-once', 'at-most-once'])
      .default('all-once')
      .describe("Whether a solution must use every number once ('all-once') or may leave some out."),
    triedExpressions: z
      .int()
      .min(1)
      .max(16)
      .default(4)
      .describe("Most expressions in a 'search' completion, the solution included."),
    leakedProblems: z.int().min(0).max(4096).default(32).describe("Problems in split 'contaminated'."),
    formats: z
      .array(z.enum(['search', 'direct']))
      .min(1)
      .default(['search', 'direct'])
      .describe(
        "Ways to write a completion: 'search' lists tried expressions with their values, 'direct' none.",
      ),
  })
  .refine((options) => options.harderNumbers > options.numbers, {
    path: ['harderNumbers'],
    message: 'must exceed numbers',
  });

export type CountdownOptions = z.infer<typeof optionsSchema>;

const SPLITS: readonly Split[] = ['train', 'dev', 'clean', 'contaminated', 'harder'];
const DRAWS = 1000;

const digitsOf = (largest: number): number => String(largest).length;

/** The value of an expression when it is a whole number that fits a target's digits, else null. */
function wholeValue(options: CountdownOptions, text: string): number | null {
  const { value } = readExpression(text);
  if (value === null || value.denominator !== 1n) return null;
  const whole = Number(value.numerator);
  return Math.abs(whole) < 10 ** digitsOf(options.largestTarget) ? whole : null;
}

function randomExpression(
  options: CountdownOptions,
  numbers: readonly string[],
  generator: Generator,
): string {
  const [first, ...rest] = generator.shuffle(numbers);
  return rest.reduce((text, number) => text + generator.choose(options.operators) + number, first!);
}

function drawOnce(options: CountdownOptions, count: number, generator: Generator): Problem | null {
  const width = digitsOf(options.largestNumber);
  const drawn = Array.from({ length: count }, () => 1 + generator.integer(options.largestNumber));
  const numbers = drawn.sort((a, b) => a - b).map((number) => String(number).padStart(width, '0'));
  const answer = randomExpression(options, numbers, generator);
  const target = wholeValue(options, answer);
  if (target === null || target < 1 || target > options.largestTarget) return null;
  const prompt = `${numbers.join(',')}>${String(target).padStart(digitsOf(options.largestTarget), '0')}=`;
  return { key: prompt, prompt, answer, metadata: { numbers: drawn, target } };
}

function drawProblemOf(options: CountdownOptions, count: number, generator: Generator): Problem {
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const problem = drawOnce(options, count, generator);
    if (problem !== null) return problem;
  }
  throw new RangeError(
    `no ${count} numbers up to ${options.largestNumber} gave a target within 1…${options.largestTarget} in ${DRAWS} ` +
      'draws; raise largestTarget or allow more operators.',
  );
}

function problem(options: CountdownOptions, split: Split, seed: number, index: number): Problem {
  if (split === 'contaminated' && index >= options.leakedProblems) {
    const reason = `leakedProblems is ${options.leakedProblems}`;
    throw new SplitExhaustedError({ task: 'countdown', split, index, reason });
  }
  const count = split === 'harder' ? options.harderNumbers : options.numbers;
  const draw = (generator: Generator): Problem => drawProblemOf(options, count, generator);
  return drawProblem({ task: 'countdown', options, split, seed, index, draw });
}

const PROMPT = /^(\d+(?:,\d+)*)>(\d+)=$/;

function goalOf(
  options: CountdownOptions,
  prompt: string,
): ExpressionGoal & { readonly written: readonly string[] } {
  const match = PROMPT.exec(prompt);
  if (match === null) throw new TypeError(`'${prompt}' is no countdown prompt such as '05,10,13>18='`);
  const written = match[1]!.split(',');
  return {
    written,
    numbers: written.map(Number),
    target: Number(match[2]),
    use: options.use,
    operators: options.operators,
  };
}

function writeSearch(options: CountdownOptions, { prompt, answer }: Problem, generator: Generator): string {
  const { written, target } = goalOf(options, prompt);
  const failures = new Map<string, number>();
  const wanted = generator.integer(options.triedExpressions);
  for (let draw = 0; draw < DRAWS && failures.size < wanted; draw += 1) {
    const text = randomExpression(options, written, generator);
    const value = wholeValue(options, text);
    if (value !== null && value !== target) failures.set(text, value);
  }
  const tried = [...failures, [answer, target] as const].map(([text, value]) => `${text}=${value}`);
  return `[${tried.join(';')}]#${answer}`;
}

function writeCompletion(
  options: CountdownOptions,
  written: Problem,
  format: string,
  generator: Generator,
): string {
  if (format === 'search') return writeSearch(options, written, generator);
  if (format === 'direct') return `#${written.answer}`;
  throw new UnknownFormatError('countdown', format, options.formats);
}

function formatPrefix(options: CountdownOptions, format: string): string {
  if (!options.formats.some((known) => known === format)) {
    throw new UnknownFormatError('countdown', format, options.formats);
  }
  return format === 'search' ? '[' : '#';
}

const TERM = '[-+*/()\\d]+';
const PATTERNS = {
  search: new RegExp(`^\\[${TERM}=-?\\d+(?:;${TERM}=-?\\d+)*\\]#${TERM}$`),
  direct: new RegExp(`^#${TERM}$`),
};

function verify(options: CountdownOptions, { prompt }: Problem, completion: string): Verdict {
  const match = /#([^#]*)$/.exec(completion);
  if (match === null) return malformed("no '#' before an expression at the end");
  return verifyExpression(match[1]!, goalOf(options, prompt));
}

function isTrueEquation(text: string): boolean {
  const [expression, value, ...rest] = text.split('=');
  if (value === undefined || rest.length > 0) return false;
  try {
    const found = readExpression(expression!).value;
    return found?.denominator === 1n && found.numerator === BigInt(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function steps(_options: CountdownOptions, _problem: Problem, completion: string): Step[] | null {
  const listed = /^\[([^\]#]*)/.exec(completion);
  return listed === null
    ? null
    : listed[1]!.split(';').map((text) => ({ text, isCorrect: isTrueEquation(text) }));
}

function maxCompletionCharacters(options: CountdownOptions): number {
  const expression = options.harderNumbers * (digitsOf(options.largestNumber) + 1) - 1;
  const direct = 1 + expression;
  const equation = expression + 2 + digitsOf(options.largestTarget);
  return options.formats.includes('search') ? direct + 1 + options.triedExpressions * (equation + 1) : direct;
}

/**
 * Reach a target from given numbers. A problem has many right answers: the check reads the expression itself. Every
 * problem is solvable by construction; its `answer` is one solution.
 *
 * @example prompt `05,10,13>18=`; `direct` completion `#13+10-05`;
 *   `search` completion `[05+10*13=135;13+10-05=18]#13+10-05`
 */
export const countdown: TaskFamily<CountdownOptions> = {
  name: 'countdown',
  optionsSchema,
  splits: () => SPLITS,
  alphabet: () => '0123456789+-*/()=#[];,>',
  problem,
  formats: (options) => options.formats,
  writeCompletion,
  formatPrefix,
  formatOf: (options, completion) =>
    options.formats.find((format) => PATTERNS[format].test(completion)) ?? 'other',
  maxCompletionCharacters,
  verify,
  answerSpan: (_options, completion) => {
    const match = /#([^#]+)$/.exec(completion);
    return match === null ? null : { from: match.index + 1, to: completion.length };
  },
  answers: (_options, completion) => [...completion.matchAll(/#([^#]*)/g)].map((match) => match[1]!),
  steps,
};
