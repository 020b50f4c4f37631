import { z } from 'zod';
import type { Generator } from '../random/generator.ts';
import type { Problem, Split } from './problem.ts';
import { drawProblem } from './split-draw.ts';
import { SplitExhaustedError, UnknownFormatError, type TaskFamily } from './task-family.ts';
import { malformed, verdictOfAnswer, type Verdict } from './verdict.ts';

const optionsSchema = z
  .strictObject({
    facts: z.int().min(1).max(100_000).default(200).describe('Facts in the table.'),
    keyLetters: z.int().min(1).max(8).default(3).describe('Letters a–z in a key.'),
    valueDigits: z.int().min(1).max(6).default(2).describe('Digits in a value, zero-padded.'),
  })
  .refine((options) => options.facts <= 26 ** options.keyLetters / 2, {
    path: ['facts'],
    message: 'must not exceed half of the 26^keyLetters possible keys',
  });

export type KnowledgeOptions = z.infer<typeof optionsSchema>;

const SPLITS: readonly Split[] = ['knowledge'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

function drawFact(options: KnowledgeOptions, generator: Generator): Problem {
  const letters = Array.from({ length: options.keyLetters }, () => LETTERS[generator.integer(26)]!);
  const value = generator.integer(10 ** options.valueDigits);
  const prompt = `?${letters.join('')}=`;
  return { key: prompt, prompt, answer: String(value).padStart(options.valueDigits, '0') };
}

function problem(options: KnowledgeOptions, split: Split, seed: number, index: number): Problem {
  if (split !== 'knowledge' || index >= options.facts) {
    const reason = split === 'knowledge' ? `facts is ${options.facts}` : "its only split is 'knowledge'";
    throw new SplitExhaustedError({ task: 'knowledge', split, index, reason });
  }
  const draw = (generator: Generator): Problem => drawFact(options, generator);
  return drawProblem({ task: 'knowledge', options, split, seed, index, draw, isSplitByKey: false });
}

function verify(options: KnowledgeOptions, { answer }: Problem, completion: string): Verdict {
  const match = new RegExp(`#(\\d{${options.valueDigits}})$`).exec(completion);
  if (match === null) return malformed(`no '#' with ${options.valueDigits} digits at the end`);
  return verdictOfAnswer(match[1]!, answer);
}

function writeCompletion(_options: KnowledgeOptions, { answer }: Problem, format: string): string {
  if (format !== 'direct') throw new UnknownFormatError('knowledge', format, ['direct']);
  return `#${answer}`;
}

function formatPrefix(_options: KnowledgeOptions, format: string): string {
  if (format !== 'direct') throw new UnknownFormatError('knowledge', format, ['direct']);
  return '#';
}

/**
 * Facts that no computation yields: a table from letters to digits, drawn from the seed.
 *
 * @example prompt `?abc=`; completion `#57`
 */
export const knowledge: TaskFamily<KnowledgeOptions> = {
  name: 'knowledge',
  optionsSchema,
  splits: () => SPLITS,
  alphabet: () => `0123456789?=#${LETTERS}`,
  problem,
  formats: () => ['direct'],
  writeCompletion,
  formatPrefix,
  formatOf: (options, completion) =>
    new RegExp(`^#\\d{${options.valueDigits}}$`).test(completion) ? 'direct' : 'other',
  maxCompletionCharacters: (options) => 1 + options.valueDigits,
  verify,
  answerSpan: (options, completion) => {
    const match = new RegExp(`#(\\d{${options.valueDigits}})$`).exec(completion);
    return match === null ? null : { from: match.index + 1, to: completion.length };
  },
  answers: (_options, completion) => [...completion.matchAll(/#(\d+)/g)].map((match) => match[1]!),
};
