import { z } from 'zod';
import type { Outcome } from '../../tasks/verdict.ts';
import type { Reward } from './reward.ts';

const optionsSchema = z.strictObject({});

const VALUES: Readonly<Record<Outcome, number | null>> = {
  correct: 1,
  incorrect: 0,
  malformed: 0,
  unverifiable: null,
};

/** The ground truth of RLVR: 1 correct, 0 incorrect or malformed, null when the check could not decide. */
export const verifier: Reward<z.infer<typeof optionsSchema>> = {
  name: 'verifier',
  description: '1 correct, 0 incorrect or malformed, null unverifiable.',
  optionsSchema,
  sees: () => 'labels',
  score: ({ verdict }) => VALUES[verdict.outcome],
};
