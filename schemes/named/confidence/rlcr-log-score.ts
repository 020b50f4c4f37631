import { defineScheme } from '../../../config/scheme.ts';

/**
 * RLCR with the logarithmic score in place of the Brier score: ½ format + ½ c + ½ (1 − log P / log ε), P the stated chance
 * of what came true, kept above ε = 0.05. Its control: is it the squared error, or any proper score? Source: control for
 * arXiv 2507.16806.
 */
export const rlcrLogScore = defineScheme({
  name: 'rlcr-log-score',
  title: 'Calibration reward, logarithmic',
  source: 'control for Beyond binary rewards, arXiv 2507.16806',
  rewards: [{ name: 'log-score', weight: 0.5, options: { formatCredit: 2 } }],
  comparisons: [{ name: 'group', options: { scale: 'none' } }],
});
