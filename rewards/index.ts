import type { z } from 'zod';
import { brier } from './brier.ts';
import { compoundOptionsSchema, openCompound } from './compound.ts';
import { confidence } from './confidence.ts';
import { format } from './format.ts';
import { graded } from './graded.ts';
import { incorrect } from './incorrect.ts';
import { length } from './length.ts';
import { logScore } from './log-score.ts';
import { majority } from './majority.ts';
import { marker } from './marker.ts';
import { random } from './random.ts';
import { bindReward, type Reward, type RewardComponent, type RewardNeed } from './reward-component.ts';
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

const components: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  entry(verifier),
  entry(brier),
  [
    'compound',
    {
      optionsSchema: compoundOptionsSchema,
      open: (options: unknown) => openCompound(options, (name, inner) => componentOf(name).open(inner)),
    },
  ],
  entry(confidence),
  entry(format),
  entry(graded),
  entry(incorrect),
  entry(length),
  entry(logScore),
  entry(majority),
  entry(marker),
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

/**
 * What the components of a scheme need gathered, all together.
 *
 * @throws UnknownRewardError, z.ZodError
 */
export function rewardNeeds(
  rewards: readonly { readonly component: string; readonly options: unknown }[],
): ReadonlySet<RewardNeed> {
  return new Set(rewards.flatMap(({ component, options }) => openReward(component, options).needs));
}
