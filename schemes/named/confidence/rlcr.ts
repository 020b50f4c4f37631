import { defineScheme } from '../../../config/scheme.ts';

/**
 * RLCR: R = c − (q − c)² for outcome c and the confidence q that the completion states. As in the authors' code the sum is
 * ½ format + ½ c + ½ (1 − (q − c)²), all 0 when no confidence is stated, and A = r − mean of the group, not divided by the
 * deviation. Needs a base that writes a confidence format. Source: arXiv 2507.16806.
 */
export const rlcr = defineScheme({
  name: 'rlcr',
  title: 'Calibration reward (RLCR)',
  source: 'Beyond binary rewards, arXiv 2507.16806',
  rewards: [{ name: 'brier', weight: 0.5, options: { formatCredit: 2 } }],
  comparisons: [{ name: 'group', options: { scale: 'none' } }],
});
