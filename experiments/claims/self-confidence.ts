import { givenScratchpad, passAt, readableControls } from '../claim-plans.ts';
import { defineClaim } from '../claim.ts';

const confidence = (metric: string) =>
  ({ name: 'probe', probe: 'answer-confidence', metric, split: 'clean' }) as const;

/** A tenth of what the verifier gains here (.45 on base seed 90). */
const tenthOfTruth = { value: 0.04, unit: 'fraction' } as const;

/**
 * Shares of what the verifier gains here, which differs much between problems as one format takes the other's place. Half of it: a reward that
 * gives less does not stand for a verifier, however little accuracy the paper promises. A quarter: the verifier is worth its labels.
 */
const halfOfTruth = { value: 0.22, unit: 'fraction' } as const;
const quarterOfTruth = { value: 0.11, unit: 'fraction' } as const;

/** An eighth of the Brier score of one who says of every answer how often all of them are right (.39 · .61 before RL). */
const tellingBrier = { value: 0.03, unit: 'fraction' } as const;

/**
 * The confidence that is rewarded is the policy's own, in the tokens of its answer; no arm but the truth and its opposite reads a label.
 * Confidence goes with the accurate format here, so rewarding it elicits that format: what it does beyond is asked within the
 * format. Calibration is that of sampled answers, 16 of each problem, and not of the greedy one.
 *
 * A Brier score falls when answers become right, whatever is rewarded. So calibration is also compared with the verifier's arm, which
 * ends at a like accuracy and never looks at confidence, and by overconfidence, confidence minus accuracy, which accuracy alone does not lower.
 *
 * Base seed 90, which no claim uses: pass@1 .39 before, .80 after confidence, .85 after the truth, .33 after permuted confidence; right in
 * the scratchpad .88, .82, .87, .81, and .73 where right answers are punished.
 *
 * Eight bases: 64 runs of 8 to 30 core-seconds, about 20 core-minutes; bases are one-shot's.
 */
export const claim = defineClaim({
  name: 'self-confidence',
  question:
    'Does rewarding a model’s own confidence in its answer make it better calibrated, and more accurate?',
  source: 'arXiv 2507.21931',
  task: { family: 'arithmetic' },
  base: 'latent-strategy',
  evaluation: {
    splits: { clean: 96 },
    probes: { 'answer-confidence': { samplesPerProblem: 16 }, 'given-format': { samplesPerProblem: 16 } },
  },
  controls: [...readableControls],
  scales: { small: { bases: 8 } },
  conditions: {
    'confidence-rank': { scheme: 'rlsf' },
    // The same rewards in each group, drawn to other places: of the same density, and without anything to learn.
    'permuted-confidence': { scheme: 'rlsf-shuffled' },
    // A reward that is known to harm: right answers are what it punishes.
    inverted: { scheme: 'inverted-reward' },
  },
  checks: {
    'truth-lifts': {
      kind: 'positive-control',
      says: 'The verifier lifts pass@1.',
      treatment: 'ground-truth',
      control: 'base',
      metric: passAt(1),
      alternative: 'greater',
      // A quarter of what it gained on base seed 90, and above the effect of interest.
      bound: { value: 0.1, unit: 'fraction' },
    },
    'confidence-rises': {
      kind: 'manipulation',
      says: 'Rewarded confidence rises.',
      treatment: 'confidence-rank',
      control: 'base',
      metric: confidence('confidence'),
      alternative: 'greater',
      // A tenth of its range: what was trained for has to have happened.
      bound: { value: 0.1, unit: 'fraction' },
    },
    'permuted-says-nothing': {
      kind: 'manipulation',
      says: 'The same rewards at drawn places leave confidence within a tenth above the base model.',
      treatment: 'permuted-confidence',
      control: 'base',
      metric: confidence('confidence'),
      alternative: 'less',
      bound: { value: 0.1, unit: 'fraction' },
    },
    'permuted-is-not-opposed': {
      kind: 'manipulation',
      says: 'Nor do they train against it: confidence falls by less than a tenth.',
      treatment: 'permuted-confidence',
      control: 'base',
      metric: confidence('confidence'),
      alternative: 'greater',
      bound: { value: -0.1, unit: 'fraction' },
    },
    'accuracy-can-fall': {
      kind: 'positive-control',
      says: 'Punishing right answers makes the scratchpad less often right, by more than the margin.',
      treatment: 'inverted',
      control: 'base',
      metric: givenScratchpad,
      alternative: 'less',
      bound: { value: -0.04, unit: 'fraction' },
    },
    'calibration-can-move': {
      kind: 'positive-control',
      says: 'Punishing right answers makes the Brier score of sampled answers worse than the verifier does.',
      treatment: 'inverted',
      control: 'ground-truth',
      metric: confidence('brier'),
      alternative: 'greater',
      bound: tellingBrier,
    },
    'like-accuracy': {
      kind: 'manipulation',
      says: 'Confidence ends less than .12 below the verifier in pass@1, so that calibration is compared at a like accuracy.',
      treatment: 'confidence-rank',
      control: 'ground-truth',
      metric: passAt(1),
      alternative: 'greater',
      // Between them .08 was seen of five bases, and the bound of an interval has to lie above.
      bound: { value: -0.12, unit: 'fraction' },
    },
  },
  hypotheses: [
    {
      claim: 'Rewarding confidence raises accuracy a little.',
      treatment: 'confidence-rank',
      control: 'base',
      metric: passAt(1),
      alternative: 'greater',
      interest: halfOfTruth,
      requires: ['truth-lifts', 'confidence-rises'],
      reported: 'greater',
    },
    {
      claim: 'Rewarding confidence does not cost accuracy within the scratchpad.',
      treatment: 'confidence-rank',
      control: 'base',
      metric: givenScratchpad,
      alternative: 'noninferior',
      margin: tenthOfTruth,
      requires: ['confidence-rises', 'accuracy-can-fall'],
      reported: 'noninferior',
    },
    {
      claim: 'The gain in accuracy needs the confidence to be the rollout’s own.',
      treatment: 'confidence-rank',
      control: 'permuted-confidence',
      metric: passAt(1),
      alternative: 'greater',
      interest: halfOfTruth,
      requires: ['truth-lifts', 'confidence-rises', 'permuted-says-nothing', 'permuted-is-not-opposed'],
      reported: 'not-reported',
    },
    {
      claim: 'A verifier teaches more than confidence does.',
      treatment: 'ground-truth',
      control: 'confidence-rank',
      metric: passAt(1),
      alternative: 'greater',
      interest: quarterOfTruth,
      requires: ['truth-lifts', 'confidence-rises'],
      reported: 'not-reported',
    },
    {
      claim: 'Rewarding confidence lowers the Brier score of sampled answers.',
      treatment: 'confidence-rank',
      control: 'base',
      metric: confidence('brier'),
      alternative: 'less',
      interest: tellingBrier,
      requires: ['confidence-rises', 'calibration-can-move'],
      reported: 'less',
    },
    {
      claim: 'At a like accuracy, rewarding confidence leaves a lower Brier score than rewarding the truth.',
      treatment: 'confidence-rank',
      control: 'ground-truth',
      metric: confidence('brier'),
      alternative: 'less',
      interest: tellingBrier,
      requires: ['confidence-rises', 'calibration-can-move', 'like-accuracy'],
      reported: 'not-reported',
    },
    {
      claim:
        'Rewarding confidence lowers overconfidence, as better calibration of a model that is too sure does.',
      treatment: 'confidence-rank',
      control: 'base',
      metric: confidence('overconfidence'),
      alternative: 'less',
      // As much as accuracy may be worth: a tenth of the verifier's gain.
      interest: tenthOfTruth,
      requires: ['confidence-rises', 'calibration-can-move'],
      reported: 'less',
    },
  ],
});
