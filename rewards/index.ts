import type { z } from 'zod';
import { format } from './format.ts';
import { graded } from './graded.ts';
import { incorrect } from './incorrect.ts';
import { length } from './length.ts';
import { majority } from './majority.ts';
import { random } from './random.ts';
import { bindReward, type Reward, type RewardComponent } from './reward-component.ts';
import { rubric } from './rubric-reward.ts';
import { verifier } from './verifier.ts';

interface Entry {
  readonly optionsSchema: z.ZodType;
  readonly open: (options: unknown) => Reward;
}

function entry<Options extends object>(component: RewardComponent<Options>): [string, Entry] {
  const { name, optionsSchema } = component;
  return [name, { optionsSchema, open: (options) => bindReward(component, options) }];
}

const components: ReadonlyMap<string, Entry> = new Map([
  entry(verifier),
  entry(format),
  entry(graded),
  entry(incorrect),
  entry(length),
  entry(majority),
  entry(random),
  entry(rubric),
]);

export const rewardNames: readonly string[] = [...components.keys()];

/** A reward component that does not exist: name one of those listed. */
export class UnknownRewardError extends Error {
  constructor(name: string) {
    super(`there is no reward component '${name}'; components are ${rewardNames.join(', ')}.`);
    this.name = 'UnknownRewardError';
  }
}

function componentOf(name: string): Entry {
  const component = components.get(name);
  if (component === undefined) throw new UnknownRewardError(name);
  return component;
}

/**
 * The reward component `name` with its options settled.
 *
 * @throws UnknownRewardError, z.ZodError
 */
export function openReward(name: string, options: unknown = {}): Reward {
  return componentOf(name).open(options);
}

/**
 * The schema of a component's options.
 *
 * @throws UnknownRewardError
 */
export function rewardOptionsSchema(name: string): z.ZodType {
  return componentOf(name).optionsSchema;
}
