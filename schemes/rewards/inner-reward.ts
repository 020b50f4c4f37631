import { z } from 'zod';
import type { Opened } from '../../config/part.ts';
import { deadlineOf, type Reward } from './reward.ts';

/** Options of a reward that gives another reward's value. */
export interface InnerOptions {
  readonly reward: string;
  readonly options: Record<string, unknown>;
}

/** Opens a reward by its name; passed in, since the index that opens rewards also lists those around others. */
export type OpenReward = (name: string, options: unknown) => Opened<Reward<object>>;

/** The fields of such options; `wrapper` is the reward around the other one. */
export function innerShape(wrapper: string, description: string) {
  return {
    reward: z
      .string()
      .refine((name) => name !== wrapper, `cannot be ${wrapper} itself`)
      .default('verifier')
      .describe(description),
    options: z.record(z.string(), z.unknown()).default({}).describe('Options of that reward.'),
  };
}

/** What a reward around another one says of itself: what the other one does. */
export function delegateTo(open: OpenReward) {
  // Opened once per scheme, not once per rollout.
  const opened = new WeakMap<InnerOptions, Opened<Reward<object>>>();
  const openInner = (own: InnerOptions): Opened<Reward<object>> => {
    const inner = opened.get(own) ?? open(own.reward, own.options);
    opened.set(own, inner);
    return inner;
  };
  const declared = {
    needs: (own) => openInner(own).part.needs?.(openInner(own).options) ?? [],
    sees: (own) => openInner(own).part.sees?.(openInner(own).options) ?? 'nothing',
    findFault: (own, setting) => {
      const inner = openInner(own);
      if (deadlineOf(inner) !== null)
        return `reward ${own.reward} is asked, with a deadline, and cannot stand within another; list it beside the others`;
      return inner.part.findFault?.(inner.options, setting) ?? null;
    },
  } satisfies Pick<Reward<InnerOptions>, 'needs' | 'sees' | 'findFault'>;
  const settle = <Options extends InnerOptions>(own: Options): Options => ({
    ...own,
    options: openInner(own).options,
  });
  return { openInner, declared, settle };
}
