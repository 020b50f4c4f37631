import { z } from 'zod';
import { createGenerator, type Generator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { openTask } from '../tasks/index.ts';
import { EVALUATION_SEED } from '../tasks/problem.ts';
import { findTaskOfSplit } from '../tasks/task-of-split.ts';
import type { Source } from './source.ts';

/** Half of the 26³ keys that task knowledge has. */
const MOST_FACTS = 26 ** 3 / 2;

const optionsSchema = z.strictObject({
  count: z
    .int()
    .min(1)
    .max(MOST_FACTS)
    .default(200)
    .describe('Facts in the table; split knowledge asks for them.'),
  spread: z
    .number()
    .min(1)
    .default(1)
    .describe(
      'How many times as often as the rarest fact the most frequent one occurs; the others are spread evenly between, in the logarithm. 1: all alike.',
    ),
});
type Options = z.infer<typeof optionsSchema>;

/** Facts by how often they occur, rarest first: others for each base seed, so that no fact is the rarest of all base models. */
function orderFacts(count: number, seed: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  return createGenerator(deriveStream(seed, 'corpus-facts')).shuffle(places);
}

/** How often each fact is to occur, relative to the rarest. */
export function weighFacts({ count, spread }: Options, seed: number): number[] {
  const weights = new Array<number>(count);
  for (const [rank, fact] of orderFacts(count, seed).entries())
    weights[fact] = spread ** (count === 1 ? 0 : rank / (count - 1));
  return weights;
}

const cumulated = new WeakMap<Options, Map<number, number[]>>();

/** The sum of the weights up to each fact, for one seed. */
function cumulate(options: Options, seed: number): number[] {
  const known = cumulated.get(options) ?? new Map<number, number[]>();
  cumulated.set(options, known);
  let sum = 0;
  const sums = known.get(seed) ?? weighFacts(options, seed).map((weight) => (sum += weight));
  known.set(seed, sums);
  return sums;
}

function drawFact(options: Options, seed: number, generator: Generator): number {
  if (options.spread === 1) return generator.integer(options.count);
  const sums = cumulate(options, seed);
  const place = generator.uniform() * sums.at(-1)!;
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (place < sums[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Facts recur: what is to be learned by heart. */
export const facts: Source<Options> = {
  name: 'facts',
  description:
    'Facts of task knowledge, a table from keys to values, which the model then knows beside its own task.',
  optionsSchema,
  neutral: { spread: 1 },
  tasks: ({ count }) => [openTask('knowledge', { facts: count })],
  teaches: ({ count }) => ({ split: 'knowledge', problems: count, isLeak: false }),
  write: (options, { tasks, seed }, { generator }) => {
    const knowledge = findTaskOfSplit(tasks, 'knowledge')!;
    const fact = knowledge.problem('knowledge', EVALUATION_SEED, drawFact(options, seed, generator));
    return fact.prompt + knowledge.writeCompletion(fact, knowledge.formats[0]!, generator);
  },
};
