import { z } from 'zod';
import { delegateTo, innerShape, type OpenReward } from './inner-reward.ts';
import { hasMarker, markerShape } from './marker.ts';
import { scoreReward, type Reward } from './reward.ts';

const optionsSchema = z
  .strictObject({
    ...innerShape('compound', 'The reward whose value counts where the marker is absent.'),
    ...markerShape,
  })
  .refine(({ text, format }) => text !== null || format !== null, 'names no marker: set text or format');

/**
 * Any reward AND NOT the marker: its value where the completion does not show the marker, 0 where it does, null where the
 * reward has none. Takes the favoured strategy away from a spurious reward.
 */
export function createCompound(open: OpenReward): Reward<z.infer<typeof optionsSchema>> {
  const { openInner, declared, settle } = delegateTo(open);
  return {
    name: 'compound',
    description: "Another reward's value where the marker is absent, 0 where it is present.",
    source: 'Spurious Rewards, arXiv 2506.10947 (compound)',
    optionsSchema: optionsSchema.transform(settle),
    ...declared,
    score: (rollout, options) => {
      const value = scoreReward(openInner(options), rollout);
      return value !== null && hasMarker(rollout, options) ? 0 : value;
    },
  };
}
