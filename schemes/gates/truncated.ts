import { z } from 'zod';
import type { Gate } from './gate.ts';

/** Overlong filtering. */
export const truncated: Gate<object> = {
  name: 'truncated',
  description: 'Leave completions that hit the length limit out of the loss and its divisors.',
  source: 'DAPO, arXiv 2503.14476, overlong filtering',
  optionsSchema: z.strictObject({}),
  counts: ({ isTruncated }) => !isTruncated,
};
