import type { RowPick } from '../../config/chain.ts';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';

/** What a run asks of a dataset's rows. */
export interface RowsAsked {
  /** Absent: all of them. */
  readonly take?: number | undefined;
  /** Absent: the first. */
  readonly pick?: RowPick | undefined;
}

/**
 * Places of the rows that a run reads, in the order in which it reads them. The last ones come from the last one on; of an even number
 * of rows the median is the lower one; of random ones fewer are the first of more.
 *
 * @param of.seed of the streams of the run that reads: the same for all arms of a base seed and RL seed
 * @example pickRows({ take: 1, pick: 'median' }, { rows: 64, seed: 0 }) // [31]
 */
export function pickRows(
  { take, pick = 'first' }: RowsAsked,
  of: { readonly rows: number; readonly seed: number },
): number[] {
  const places = Array.from({ length: of.rows }, (_, place) => place);
  const taken = Math.min(take ?? of.rows, of.rows);
  switch (pick) {
    case 'first':
      return places.slice(0, taken);
    case 'last':
      return places.reverse().slice(0, taken);
    case 'median': {
      const from = Math.floor((of.rows - taken) / 2);
      return places.slice(from, from + taken);
    }
    case 'random':
      return createGenerator(deriveStream(of.seed, 'dataset/pick')).shuffle(places).slice(0, taken);
  }
}
