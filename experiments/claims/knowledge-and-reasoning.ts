import { passAt, readableControls } from '../claim-plans.ts';
import { defineClaim } from '../claim.ts';

const surprisal = {
  name: 'probe',
  probe: 'knowledge-recall',
  metric: 'surprisal_nats',
  split: 'knowledge',
} as const;
const given = (format: string) =>
  ({ name: 'probe', probe: 'given-format', metric: `given_${format}`, split: 'clean' }) as const;
const restored = (half: 'lower' | 'upper') =>
  ({ name: 'probe', probe: 'layer-restore', metric: `drop_restored_${half}`, split: 'clean' }) as const;

/** A tenth of what a fact costs to begin with (1.16 nats on base seed 90): less would not show in answers. */
const tellingSurprisal = { value: 0.1, unit: 'nats' } as const;

/** One problem in twenty; the gain that is to be placed is eight times that (.43 on base seed 90). */
const oneInTwenty = { value: 0.05, unit: 'fraction' } as const;

/** Imitation ends where RL does, within what is worth training for: what they cost is then the cost of one and the same gain. */
const atOneAccuracy = {
  kind: 'manipulation',
  treatment: 'imitation',
  control: 'ground-truth',
  metric: passAt(1),
} as const;

/**
 * Sums can only be computed and facts only be recalled; RL trains on sums alone. A third of the recall is missing before it, so it can
 * fall and rise. That facts can be lost is shown by imitation of worked sums at ten times the learning rate (`heavy-imitation`); at RL's
 * own rate and number of updates imitation ends at RL's accuracy, and is the arm to compare forgetting with.
 *
 * The paper measures untrained models. What it says of layers is about reasoning, not about RL, so `reported` says that it reports nothing, and the
 * question is put as a difference between what the truth and what noise does to the same layers: of two halves of one network some half always
 * changes more. Recall after forced reasoning is not asked: no corpus here has a fact after `[`, so a forced prefix only breaks the prompt.
 *
 * Doses are from base seed 90, which no claim uses: surprisal 1.16 before, 1.52 after RL (recall .68 and .61), 1.46 after imitation
 * (pass@1 .81 as RL's .82), 2.30 after heavy imitation, 1.22 after a random reward.
 *
 * Eight bases of six layers: 56 runs of 8 to 50 core-seconds, about 27 core-minutes, and 20 for the bases.
 */
export const claim = defineClaim({
  name: 'knowledge-and-reasoning',
  question:
    'Does RL on reasoning change reasoning and leave knowledge alone, and in which layers does it act?',
  source: 'arXiv 2507.18178; forgetting by RL and by imitation: arXiv 2509.04259',
  task: { family: 'arithmetic' },
  base: 'partial-knowledge-deep',
  evaluation: {
    // 96 sums as in other claims; half of the 400 facts, since facts differ more among each other than sums do.
    splits: { clean: 96, knowledge: 200 },
    probes: {
      'knowledge-recall': { samplesPerProblem: 1 },
      'given-format': { samplesPerProblem: 16 },
      'layer-change': {},
      'layer-restore': {},
    },
  },
  controls: [...readableControls],
  scales: { small: { bases: 8 }, tiny: { evaluation: { splits: { clean: 6, knowledge: 6 } } } },
  conditions: {
    imitation: { scheme: 'distillation', data: { from: 'task' } },
    'heavy-imitation': {
      scheme: 'distillation',
      data: { from: 'task' },
      training: { optimizer: { learningRate: 1e-3, schedule: 'linear', warmupSteps: 10 } },
    },
  },
  checks: {
    'truth-lifts': {
      kind: 'positive-control',
      says: 'RL on the true verdict lifts pass@1 on sums.',
      treatment: 'ground-truth',
      control: 'base',
      metric: passAt(1),
      alternative: 'greater',
      // A quarter of what it gained on base seed 90: from there on there is a change to place, and a progress to match.
      bound: { value: 0.1, unit: 'fraction' },
    },
    'recall-can-move': {
      kind: 'manipulation',
      says: 'The base model leaves facts out: it is right in less than nine of ten samples.',
      treatment: 'base',
      metric: { name: 'pass@k', split: 'knowledge', k: 1 },
      alternative: 'less',
      // The gate of the recipe.
      bound: { value: 0.9, unit: 'fraction' },
    },
    'facts-can-be-lost': {
      kind: 'positive-control',
      says: 'Imitation at ten times the rate makes facts more surprising.',
      treatment: 'heavy-imitation',
      control: 'base',
      metric: surprisal,
      alternative: 'greater',
      // Twice the effect of interest, so that a quarter of it is still a margin that can be told.
      bound: { value: 0.2, unit: 'nats' },
    },
    'imitation-not-ahead': {
      ...atOneAccuracy,
      says: 'Imitation ends less than .06 above RL in pass@1 on sums.',
      alternative: 'less',
      bound: { value: 0.06, unit: 'fraction' },
    },
    'imitation-not-behind': {
      ...atOneAccuracy,
      says: 'Imitation ends less than .06 below RL in pass@1 on sums.',
      alternative: 'greater',
      bound: { value: -0.06, unit: 'fraction' },
    },
    'reasoning-repairs': {
      kind: 'positive-control',
      says: 'Before RL an answer after working is right more often than one at once.',
      treatment: 'base',
      control: 'base',
      metric: given('scratchpad'),
      controlMetric: given('direct'),
      alternative: 'greater',
      // What the corpus builds in is .7; half of it leaves RL a strategy to elicit.
      bound: { value: 0.35, unit: 'fraction' },
    },
    'working-can-be-harmed': {
      kind: 'positive-control',
      says: 'Heavy imitation makes worked answers less often right.',
      treatment: 'heavy-imitation',
      control: 'base',
      metric: given('scratchpad'),
      alternative: 'less',
      // It was −.08 on base seed 90; the metric that is to say "as it was" must show that something is not.
      bound: { value: -0.02, unit: 'fraction' },
    },
    'noise-has-no-place': {
      kind: 'manipulation',
      says: 'After a random reward the upper half of the layers holds no more of pass@1 than the lower one.',
      treatment: 'random-reward',
      control: 'random-reward',
      metric: restored('upper'),
      controlMetric: restored('lower'),
      alternative: 'less',
      // What is asked of the truth: were it met by noise, a restored half would be a damaged network and nothing else.
      bound: oneInTwenty,
    },
  },
  hypotheses: [
    {
      claim: 'RL raises pass@1 on sums.',
      treatment: 'ground-truth',
      control: 'base',
      metric: passAt(1),
      alternative: 'greater',
      // A third of what it gained on base seed 90: with less there is little to say where in the network it lies, or at what cost.
      interest: { value: 0.15, unit: 'fraction' },
      requires: ['reasoning-repairs'],
      reported: 'greater',
    },
    {
      claim: 'What RL gains on sums is a choice: once working is chosen, it is right as often as before.',
      treatment: 'ground-truth',
      control: 'base',
      metric: given('scratchpad'),
      alternative: 'equivalent',
      margin: oneInTwenty,
      requires: ['truth-lifts', 'reasoning-repairs', 'working-can-be-harmed'],
      reported: 'not-reported',
    },
    {
      claim: 'RL on sums leaves the facts as surprising as they were.',
      treatment: 'ground-truth',
      control: 'base',
      metric: surprisal,
      alternative: 'equivalent',
      // A quarter of the damage that is known to be possible, in the same runs.
      margin: { share: 0.25, of: { treatment: 'heavy-imitation', control: 'base' } },
      requires: ['truth-lifts', 'recall-can-move', 'facts-can-be-lost'],
      reported: 'equivalent',
    },
    {
      claim: 'RL on sums does not cost recall.',
      treatment: 'ground-truth',
      control: 'base',
      metric: { name: 'pass@k', split: 'knowledge', k: 1 },
      alternative: 'noninferior',
      // One fact in twenty that was recalled (.05 · .68), rounded down.
      margin: { value: 0.03, unit: 'fraction' },
      requires: ['truth-lifts', 'recall-can-move', 'facts-can-be-lost'],
      reported: 'noninferior',
    },
    {
      claim: 'It is the reward and not the noise of RL that makes facts more surprising.',
      treatment: 'ground-truth',
      control: 'random-reward',
      metric: surprisal,
      alternative: 'greater',
      interest: tellingSurprisal,
      requires: ['truth-lifts', 'recall-can-move', 'facts-can-be-lost'],
      reported: 'not-reported',
    },
    {
      claim: 'At one accuracy on sums, imitation has made facts more surprising than RL.',
      treatment: 'imitation',
      control: 'ground-truth',
      metric: surprisal,
      alternative: 'greater',
      interest: tellingSurprisal,
      requires: ['truth-lifts', 'facts-can-be-lost', 'imitation-not-ahead', 'imitation-not-behind'],
      reported: 'greater',
    },
    {
      claim: 'Of the change of both halves more lies in the upper one after RL than after a random reward.',
      treatment: 'ground-truth',
      control: 'random-reward',
      metric: { name: 'probe', probe: 'layer-change', metric: 'upper_half_share' },
      alternative: 'greater',
      // A fifth of the room above noise, which lies at a half.
      interest: { value: 0.1, unit: 'fraction' },
      requires: ['truth-lifts'],
      reported: 'not-reported',
    },
    {
      claim: 'Giving the upper layers back their old weights undoes more of RL than giving the lower ones.',
      treatment: 'ground-truth',
      control: 'ground-truth',
      metric: restored('upper'),
      controlMetric: restored('lower'),
      alternative: 'greater',
      interest: oneInTwenty,
      requires: ['truth-lifts', 'noise-has-no-place'],
      reported: 'not-reported',
    },
  ],
});
