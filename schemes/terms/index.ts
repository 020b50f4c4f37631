import { createFamily } from '../../config/part.ts';
import { cispo } from './cispo.ts';
import { clipped } from './clipped.ts';
import { divergence } from './divergence.ts';
import { entropy } from './entropy.ts';
import { kl } from './kl.ts';
import { reinforce } from './reinforce.ts';
import type { ObjectiveTerm } from './term.ts';
import { unclipped } from './unclipped.ts';

/** Every objective term; one more is a file and a line here. */
export const terms = createFamily<ObjectiveTerm<object>>('objective term', [
  clipped,
  unclipped,
  cispo,
  reinforce,
  kl,
  entropy,
  divergence,
]);
