import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';

/**
 * The rollouts of each optimizer step over one batch: `updates` near-equal shares of whole groups in each of `epochs`
 * passes, in an order that only (seed, step, pass) decide. A share is empty when there are fewer groups than updates.
 *
 * @param call.count rollouts, groups of `groupSize` consecutive ones
 */
export function splitMinibatches(call: {
  count: number;
  groupSize: number;
  updates: number;
  epochs: number;
  seed: number;
  step: number;
}): number[][] {
  const { count, groupSize, updates, epochs, seed, step } = call;
  if (count % groupSize !== 0) {
    throw new RangeError(`${count} rollouts do not make whole groups of ${groupSize}`);
  }
  const groups = Array.from({ length: count / groupSize }, (_, group) => group);
  const stream = deriveStream(seed, 'minibatches');
  return Array.from({ length: epochs }, (_, epoch) => {
    const order = updates === 1 ? groups : createGenerator(stream, step, epoch).shuffle(groups);
    return Array.from({ length: updates }, (_unused, update) =>
      order
        .slice(
          Math.floor((update * order.length) / updates),
          Math.floor(((update + 1) * order.length) / updates),
        )
        .flatMap((group) => Array.from({ length: groupSize }, (_member, i) => group * groupSize + i)),
    );
  }).flat();
}
