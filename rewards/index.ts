import { createPartIndex, type PartEntry, type PartIndex } from '../spec/part-index.ts';
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

function part<Options extends object>(component: RewardComponent<Options>): PartEntry<Reward> {
  const { name, optionsSchema } = component;
  return { name, optionsSchema, open: (options) => bindReward(component, options) };
}

/** Every reward component; one more is a file and a line here. */
const index: PartIndex<Reward> = createPartIndex('reward component', [
  part(verifier),
  part(brier),
  {
    name: 'compound',
    optionsSchema: compoundOptionsSchema,
    open: (options: unknown) => openCompound(options, (name, inner) => index.open(name, inner)),
  },
  part(confidence),
  part(format),
  part(graded),
  part(incorrect),
  part(length),
  part(logScore),
  part(majority),
  part(marker),
  part(random),
  part(rubric),
]);

export const { names: rewardNames, open: openReward, optionsSchema: rewardOptionsSchema } = index;

/**
 * What the components of a scheme need gathered, all together.
 *
 * @throws UnknownPartError, z.ZodError
 */
export function rewardNeeds(
  rewards: readonly { readonly component: string; readonly options: unknown }[],
): ReadonlySet<RewardNeed> {
  return new Set(rewards.flatMap(({ component, options }) => openReward(component, options).needs));
}
