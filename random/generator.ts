import { philox, type Stream } from './streams.ts';

/** Sequential draws from one counter cell of a stream; create it anew to replay it. */
export interface Generator {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Uniform integer in [0, limit). */
  integer(limit: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** One element, uniformly. */
  choose<Item>(items: readonly Item[]): Item;
  /** A shuffled copy (Fisher–Yates). */
  shuffle<Item>(items: readonly Item[]): Item[];
}

/**
 * A generator over `stream` at the counters (a, b, c); the fourth counter advances block by block.
 *
 * @example const generator = createGenerator(deriveStream(seed, 'prompts'), step);
 */
export function createGenerator(stream: Stream, a = 0, b = 0, c = 0): Generator {
  let block: readonly number[] = [];
  let used = 4;
  let blocks = 0;
  const uniform = (): number => {
    if (used === 4) {
      block = philox(stream.key, [a, b, c, blocks]);
      blocks += 1;
      used = 0;
    }
    return block[used++]! / 0x1_0000_0000;
  };
  const integer = (limit: number): number => {
    if (!(limit >= 1)) throw new RangeError(`an integer limit must be at least 1, found ${limit}`);
    return Math.floor(uniform() * limit);
  };
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    choose: (items) => {
      if (items.length === 0) throw new RangeError('cannot choose from an empty list');
      return items[integer(items.length)]!;
    },
    shuffle: (items) => {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i -= 1) {
        const j = integer(i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
      return shuffled;
    },
  };
}
