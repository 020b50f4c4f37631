import { createFamily } from '../../config/part.ts';
import { clipCov } from './clip-cov.ts';
import type { CreditRule } from './credit-rule.ts';
import { fixed } from './fixed.ts';
import { gae } from './gae.ts';
import { klCov } from './kl-cov.ts';
import { returns } from './return.ts';
import { select } from './select.ts';
import { spread } from './spread.ts';
import { teacherGap } from './teacher-gap.ts';
import { topEntropy } from './top-entropy.ts';
import { whiten } from './whiten.ts';

/** Every credit rule; one more is a file and a line here. */
export const creditRules = createFamily<CreditRule<object>>('credit rule', [
  spread,
  returns,
  gae,
  teacherGap,
  fixed,
  whiten,
  select,
  topEntropy,
  clipCov,
  klCov,
]);
