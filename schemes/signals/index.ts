import { createFamily } from '../../config/part.ts';
import { disparity } from './disparity.ts';
import { entropy } from './entropy.ts';
import { position } from './position.ts';
import { referenceGap } from './reference-gap.ts';
import type { Signal } from './signal.ts';
import { surprisal } from './surprisal.ts';

/** Every signal; one more is a file and a line here. */
export const signals = createFamily<Signal<object>>('signal', [
  entropy,
  surprisal,
  disparity,
  referenceGap,
  position,
]);
