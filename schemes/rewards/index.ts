import { createFamily, type PartFamily } from '../../config/part.ts';
import { brier } from './brier.ts';
import { createCompound } from './compound.ts';
import { confidence } from './confidence.ts';
import { external } from './external.ts';
import { format } from './format.ts';
import { graded } from './graded.ts';
import { incorrect } from './incorrect.ts';
import { length } from './length.ts';
import { logScore } from './log-score.ts';
import { majority } from './majority.ts';
import { marker } from './marker.ts';
import { createPermuted } from './permuted.ts';
import { random } from './random.ts';
import { referenceKl } from './reference-kl.ts';
import type { Reward } from './reward.ts';
import { rubric } from './rubric.ts';
import { verifier } from './verifier.ts';

/** Every reward; one more is a file and a line here. */
export const rewards: PartFamily<Reward<object>> = createFamily<Reward<object>>('reward', [
  verifier,
  format,
  marker,
  createCompound((name, options) => rewards.open(name, options)),
  createPermuted((name, options) => rewards.open(name, options)),
  random,
  incorrect,
  majority,
  graded,
  confidence,
  brier,
  logScore,
  length,
  referenceKl,
  rubric,
  external,
]);
