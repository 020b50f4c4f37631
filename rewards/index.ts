import { format } from './format.ts';
import { graded } from './graded.ts';
import { incorrect } from './incorrect.ts';
import { length } from './length.ts';
import { majority } from './majority.ts';
import { random } from './random.ts';
import { bindReward, type Reward } from './reward-component.ts';
import { rubric } from './rubric-reward.ts';
import { verifier } from './verifier.ts';

type Opener = (options: unknown) => Reward;

const openers: ReadonlyMap<string, Opener> = new Map<string, Opener>([
  [verifier.name, (options) => bindReward(verifier, options)],
  [format.name, (options) => bindReward(format, options)],
  [graded.name, (options) => bindReward(graded, options)],
  [incorrect.name, (options) => bindReward(incorrect, options)],
  [length.name, (options) => bindReward(length, options)],
  [majority.name, (options) => bindReward(majority, options)],
  [random.name, (options) => bindReward(random, options)],
  [rubric.name, (options) => bindReward(rubric, options)],
]);

export const rewardNames: readonly string[] = [...openers.keys()];

/** A reward component that does not exist: name one of those listed. */
export class UnknownRewardError extends Error {
  constructor(name: string) {
    super(`there is no reward component '${name}'; components are ${rewardNames.join(', ')}.`);
    this.name = 'UnknownRewardError';
  }
}

/**
 * The reward component `name` with its options settled.
 *
 * @throws UnknownRewardError, z.ZodError
 */
export function openReward(name: string, options: unknown = {}): Reward {
  const open = openers.get(name);
  if (open === undefined) throw new UnknownRewardError(name);
  return open(options);
}
