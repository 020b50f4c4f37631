import { z } from 'zod';
import type { Opened } from '../../config/part.ts';
import { hasMarker, markerShape } from './marker.ts';
import { scoreReward, type Reward } from './reward.ts';

const optionsSchema = z
  .strictObject({
    reward: z
      .string()
      .refine((name) => name !== 'compound', 'cannot be compound itself')
      .default('verifier')
      .describe('The reward whose value counts where the marker is absent.'),
    options: z.record(z.string(), z.unknown()).default({}).describe('Options of that reward.'),
    ...markerShape,
  })
  .refine(({ text, format }) => text !== null || format !== null, 'names no marker: set text or format');

type CompoundOptions = z.infer<typeof optionsSchema>;

/**
 * Any reward AND NOT the marker: its value where the completion does not show the marker, 0 where it does, null where the
 * reward has none. Takes the favoured strategy away from a spurious reward.
 *
 * @param open opens the inner reward; passed in, since the index that opens it also lists this one
 */
export function createCompound(
  open: (name: string, options: unknown) => Opened<Reward<object>>,
): Reward<CompoundOptions> {
  // Opened once per scheme, not once per rollout.
  const opened = new WeakMap<CompoundOptions, Opened<Reward<object>>>();
  const openInner = (own: CompoundOptions): Opened<Reward<object>> => {
    const inner = opened.get(own) ?? open(own.reward, own.options);
    opened.set(own, inner);
    return inner;
  };
  return {
    name: 'compound',
    description: "Another reward's value where the marker is absent, 0 where it is present.",
    source: 'Spurious Rewards, arXiv 2506.10947 (compound)',
    optionsSchema: optionsSchema.transform((options) => ({
      ...options,
      options: openInner(options).options,
    })),
    needs: (options) => {
      const inner = openInner(options);
      return inner.part.needs?.(inner.options) ?? [];
    },
    sees: (options) => {
      const inner = openInner(options);
      return inner.part.sees?.(inner.options) ?? 'nothing';
    },
    findFault: (options, setting) => {
      const inner = openInner(options);
      return inner.part.findFault?.(inner.options, setting) ?? null;
    },
    score: (rollout, options) => {
      const value = scoreReward(openInner(options), rollout);
      return value !== null && hasMarker(rollout, options) ? 0 : value;
    },
  };
}
