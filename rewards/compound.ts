import { z } from 'zod';
import { hasMarker, markerShape } from './marker.ts';
import type { Reward } from './reward-component.ts';

export const compoundOptionsSchema = z
  .strictObject({
    component: z
      .string()
      .refine((name) => name !== 'compound', 'cannot be compound itself')
      .default('verifier')
      .describe('The component whose value counts where the marker is absent.'),
    options: z.record(z.string(), z.unknown()).default({}).describe('Options of that component.'),
    ...markerShape,
  })
  .refine(({ text, format }) => text !== null || format !== null, 'names no marker: set text or format');

/**
 * Any component AND NOT the marker: its value where the completion does not show the marker, 0 where it does, null where
 * the component has none. Takes the favoured strategy away from a spurious reward (Spurious Rewards, arXiv 2506.10947:
 * "any of the above and the response does not contain python").
 *
 * @param openReward opens the inner component; passed in, since the index that opens it also lists this one
 * @throws z.ZodError, UnknownPartError
 */
export function openCompound(input: unknown, openReward: (name: string, options: unknown) => Reward): Reward {
  const options = compoundOptionsSchema.parse(input);
  const inner = openReward(options.component, options.options);
  return {
    name: 'compound',
    options: { ...options, options: inner.options },
    needs: inner.needs,
    score: (rollout) => {
      const value = inner.score(rollout);
      return value !== null && hasMarker(rollout, options) ? 0 : value;
    },
  };
}
