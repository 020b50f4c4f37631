import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { listGroups } from '../../rollouts/groups.ts';

/**
 * The rollouts of each optimizer step over one batch: `updates` shares of whole groups, near-equal in their number, in each
 * of `epochs` passes, in an order that only (seed, step, pass) decide. A share is empty when there are fewer groups than
 * updates.
 *
 * @param call.groups [N], rollouts of the same number are one group, of any size
 */
export function splitMinibatches(call: {
  groups: Int32Array;
  updates: number;
  epochs: number;
  seed: number;
  step: number;
}): number[][] {
  const { updates, epochs, seed, step } = call;
  const groups = listGroups(call.groups);
  const stream = deriveStream(seed, 'minibatches');
  return Array.from({ length: epochs }, (_, epoch) => {
    const order = updates === 1 ? groups : createGenerator(stream, step, epoch).shuffle(groups);
    return Array.from({ length: updates }, (_unused, update) =>
      order
        .slice(
          Math.floor((update * order.length) / updates),
          Math.floor(((update + 1) * order.length) / updates),
        )
        .flat(),
    );
  }).flat();
}
