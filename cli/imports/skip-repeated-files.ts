import { createHash } from 'node:crypto';
import type { SourceSample } from '../../imports/source-sample.ts';

/** A file with more samples is no log of a single batch, and is never held as a whole. */
const MOST_SAMPLES = 4096;

interface HeldSamples {
  readonly samples: readonly SourceSample[];
  readonly rest: AsyncIterator<SourceSample>;
  readonly isWhole: boolean;
}

async function hold(samples: AsyncIterable<SourceSample>): Promise<HeldSamples> {
  const rest = samples[Symbol.asyncIterator]();
  const held: SourceSample[] = [];
  while (held.length < MOST_SAMPLES) {
    const { done, value } = await rest.next();
    if (done === true) return { samples: held, rest, isWhole: true };
    held.push(value);
  }
  return { samples: held, rest, isWhole: false };
}

/**
 * Leaves a file out whose samples are, in order, those of the file before it, where they have no numbers that would tell:
 * TRL logs a batch of rollouts again at each step that trains on it.
 */
export class RepeatedFileFilter {
  repeated = 0;
  private before = '';

  async *read(samples: AsyncIterable<SourceSample>): AsyncGenerator<SourceSample> {
    const { samples: held, rest, isWhole } = await hold(samples);
    const canTell = isWhole && held.length > 1 && held.every(({ sample }) => sample === null);
    const digest = canTell ? createHash('sha256').update(JSON.stringify(held)).digest('hex') : '';
    const isRepeated = digest !== '' && digest === this.before;
    this.before = digest;
    if (isRepeated) {
      this.repeated += 1;
      return;
    }
    yield* held;
    if (!isWhole) yield* { [Symbol.asyncIterator]: () => rest };
  }
}
