import { passAt, readableControls } from '../claim-plans.ts';
import { defineClaim } from '../claim.ts';

/** Lower is better: of every sample, problem by problem. */
const brier = { name: 'brier', split: 'clean' } as const;
const stated = (metric: string) =>
  ({ name: 'probe', probe: 'answer-confidence', metric: `stated_${metric}`, split: 'clean' }) as const;

/** An eighth of the Brier score of one who always says that it is even (.25), whatever the problem. */
const tellingBrier = { value: 0.03, unit: 'fraction' } as const;

/** A tenth of a confidence, which is what one digit of it says. */
const oneDigit = { value: 0.1, unit: 'fraction' } as const;

const twinOfBrier = { reward: 'brier', options: { formatCredit: 2 } };

/**
 * The base states a confidence with every answer that means nothing yet; `rlvr` has RLCR's advantage and does not train it. All arms take
 * 60 steps: after 20 the confidence had hardly moved. Judged are samples, not the one greedy digit of a flat distribution.
 *
 * A lower Brier score may be hedging: saying of every answer how often answers are right. AUROC does not fall for it, so whether confidence
 * tells right answers from wrong ones is a hypothesis of its own, and the page has Murphy's decomposition.
 *
 * Base seed 90, which no claim uses, after 60 steps: RLVR .87 right, Brier .354, AUROC .51; RLCR .88 right, Brier .206, AUROC .50.
 *
 * Six bases: 36 runs of 60 steps, 18 of none, 8 to 60 core-seconds; about 35 core-minutes, and 10 for the bases.
 */
export const claim = defineClaim({
  name: 'calibrated-confidence',
  question: 'Does a Brier term teach a model to state how sure it may be, at no cost in accuracy?',
  source: 'arXiv 2507.16806',
  task: { family: 'arithmetic' },
  base: 'verbalised-confidence',
  evaluation: {
    splits: { clean: 96 },
    probes: { 'answer-confidence': { kinds: ['stated'], samplesPerProblem: 32 } },
  },
  controls: [...readableControls],
  scales: { small: { bases: 6, training: { steps: 60 } } },
  conditions: {
    rlvr: { scheme: { name: 'grpo', comparisons: [{ name: 'group', options: { scale: 'none' } }] } },
    rlcr: { scheme: 'rlcr' },
    'rlcr-log-score': { scheme: 'rlcr-log-score' },
    // The Brier term of another rollout of the group, drawn: as dense a reward, which says nothing of one's own confidence.
    'rlcr-permuted': {
      scheme: {
        name: 'rlcr',
        rewards: [
          { name: 'verifier', weight: 0.5 },
          { name: 'permuted', weight: 0.5, options: twinOfBrier },
        ],
      },
    },
  },
  checks: {
    'truth-lifts': {
      kind: 'positive-control',
      says: 'RLVR lifts pass@1.',
      treatment: 'rlvr',
      control: 'base',
      metric: passAt(1),
      alternative: 'greater',
      // A fifth of what it gained on base seed 90: accuracy that was never gained is not kept.
      bound: { value: 0.1, unit: 'fraction' },
    },
    'goes-on-stating': {
      kind: 'manipulation',
      says: 'After RLCR nine of ten answers are worked ones that state a confidence.',
      treatment: 'rlcr',
      metric: { name: 'format-share', split: 'clean', format: 'scratchpad-confidence' },
      alternative: 'greater',
      // .99 on base seed 90; an answer without one has no Brier score, and would be left out.
      bound: { value: 0.9, unit: 'fraction' },
    },
    'nothing-stated-yet': {
      kind: 'manipulation',
      says: 'What RLVR leaves stated is worse than always saying that it is even.',
      treatment: 'rlvr',
      metric: brier,
      alternative: 'greater',
      // (½ − c)² for either c.
      bound: { value: 0.25, unit: 'fraction' },
    },
    'score-can-fall': {
      kind: 'positive-control',
      says: 'Another proper score lowers the Brier score below RLVR’s.',
      treatment: 'rlcr-log-score',
      control: 'rlvr',
      metric: brier,
      alternative: 'less',
      bound: { value: -0.03, unit: 'fraction' },
    },
    'confidence-moves': {
      kind: 'manipulation',
      says: 'RLCR moves the mean confidence that is stated up from RLVR’s, towards how often answers are right.',
      treatment: 'rlcr',
      control: 'rlvr',
      metric: stated('confidence'),
      alternative: 'greater',
      // A third of what it moved on base seed 90 (.50 to .66); in 20 steps it did not move.
      bound: { value: 0.05, unit: 'fraction' },
    },
  },
  hypotheses: [
    {
      claim: 'RLCR is as accurate as RLVR.',
      treatment: 'rlcr',
      control: 'rlvr',
      metric: passAt(1),
      alternative: 'noninferior',
      // A tenth of what accuracy there is to lose.
      margin: { share: 0.1, of: { treatment: 'rlvr', control: 'base' } },
      requires: ['truth-lifts', 'confidence-moves'],
      reported: 'noninferior',
    },
    {
      claim: 'RLCR lowers the Brier score of the stated confidence below RLVR’s.',
      treatment: 'rlcr',
      control: 'rlvr',
      metric: brier,
      alternative: 'less',
      interest: tellingBrier,
      requires: ['goes-on-stating', 'nothing-stated-yet', 'score-can-fall'],
      reported: 'less',
    },
    {
      claim: 'That needs the score to be the rollout’s own.',
      treatment: 'rlcr',
      control: 'rlcr-permuted',
      metric: brier,
      alternative: 'less',
      interest: tellingBrier,
      requires: ['goes-on-stating', 'score-can-fall'],
      reported: 'not-reported',
    },
    {
      claim: 'RLCR lowers the calibration error of the stated confidence below RLVR’s.',
      treatment: 'rlcr',
      control: 'rlvr',
      metric: stated('ece'),
      alternative: 'less',
      interest: oneDigit,
      requires: ['goes-on-stating', 'nothing-stated-yet', 'confidence-moves'],
      reported: 'less',
    },
    {
      claim: 'Confidence after RLCR tells right answers from wrong ones better than after RLVR.',
      treatment: 'rlcr',
      control: 'rlvr',
      metric: stated('auroc'),
      alternative: 'greater',
      // A tenth of the way from chance to certainty.
      interest: { value: 0.05, unit: 'fraction' },
      requires: ['goes-on-stating', 'confidence-moves'],
      reported: 'greater',
    },
    {
      // Lower is better, so it is asked from the log score's side.
      claim: 'The Brier term ends with no worse a Brier score than a log score, which is proper too.',
      treatment: 'rlcr-log-score',
      control: 'rlcr',
      metric: brier,
      alternative: 'noninferior',
      // A quarter of what RLCR gains: with more lost, the choice of the score would be what matters.
      margin: { share: 0.25, of: { treatment: 'rlvr', control: 'rlcr' } },
      requires: ['goes-on-stating', 'score-can-fall'],
      reported: 'not-reported',
    },
  ],
});
