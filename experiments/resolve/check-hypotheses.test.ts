import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveExperiment } from './resolve.ts';

const hypothesis = {
  claim: 'Training changes something.',
  treatment: 'grpo',
  control: 'base',
  metric: { name: 'pass@k', split: 'clean', k: 1 },
  alternative: 'greater',
  reported: 'greater',
};
const probed = { name: 'probe', probe: 'partial-prompt', metric: 'exact_match_60', split: 'clean' };

/** The message of the first fault, or 'no fault'. */
function faultOf(changes: object, checks: object = {}, others: object = {}): string {
  try {
    resolveExperiment({
      name: 'demo',
      question: 'Does it work?',
      task: { family: 'arithmetic' },
      conditions: { grpo: {} },
      evaluation: {
        samplesPerProblem: 8,
        probes: { 'partial-prompt': {}, 'layer-change': {}, 'base-perplexity': {} },
      },
      hypotheses: [{ ...hypothesis, ...changes }],
      checks,
      ...others,
    });
  } catch (error) {
    return (error as Error).message;
  }
  return 'no fault';
}

test('a hypothesis about what its conditions record has no fault', () => {
  assert.equal(faultOf({}), 'no fault');
  assert.equal(faultOf({ metric: probed }), 'no fault');
  assert.equal(
    faultOf({ metric: { name: 'probe', probe: 'layer-change', metric: 'change_layer_2' } }),
    'no fault',
  );
});

test('a condition, probe, metric or split that is not there is named with those that are', () => {
  assert.match(faultOf({ control: 'bas' }), /^hypotheses.0.control: found "bas", expected one of base, /);
  assert.match(
    faultOf({ metric: { ...probed, probe: 'fast-slow' } }),
    /condition grpo does not run probe fast-slow/,
  );
  assert.match(
    faultOf({ metric: { ...probed, metric: 'exact_match_50' } }),
    /records exact_match_40, .*; found exact_match_50/,
  );
  assert.match(faultOf({ metric: { ...probed, split: null } }), /on clean, contaminated; found no split/);
  assert.match(faultOf({ metric: { name: 'pass@k', split: 'harder', k: 1 } }), /is not evaluated on harder/);
  assert.match(
    faultOf({ metric: { name: 'maj@k', split: 'clean', k: 9 } }),
    /k is 9, but condition grpo draws n = 8 samples; evaluation.samplesPerProblem must be at least 9/,
  );
});

test('a name that is nearly right gets its neighbour, a number that no step or format holds its names', () => {
  assert.match(faultOf({ control: 'bas' }), /the nearest is "base"$/);
  const step = { name: 'step', metric: 'rollout/entropy' };
  assert.match(
    faultOf({ control: 'random-reward', metric: step }),
    /no step of condition \S+ records rollout\/entropy; the nearest is rollout\/entropy_nats/,
  );
  assert.match(faultOf({ metric: { ...step, metric: 'reward/mean' } }), /condition base is not trained/);
  const format = { name: 'format-share', split: 'clean', format: 'prose' };
  assert.match(faultOf({ metric: format }), /the formats of task arithmetic are .*; found prose/);
  assert.match(
    faultOf({ control: 'random-reward', metric: { name: 'step', metric: 'format/prose' } }),
    /found prose/,
  );
});

test('a Brier score needs a task of which a format states a confidence', () => {
  const metric = { name: 'brier', split: 'clean' };
  assert.match(faultOf({ metric }), /no format of task arithmetic states a confidence \(it has .*direct/);
  assert.match(faultOf({ metric: { ...metric, split: 'harder' } }), /is not evaluated on harder/);
  const evaluation = { samplesPerProblem: 8, splits: { clean: 32 } };
  const stating = { base: 'verbalised-confidence', evaluation };
  assert.equal(faultOf({ metric }, {}, stating), 'no fault');
});

test('a number that only another scheme records is refused', () => {
  const step = { name: 'step', metric: 'loss/kl' };
  assert.match(
    faultOf({ control: 'random-reward', metric: step }),
    /no step of condition .* records loss\/kl/,
  );
});

test('the two sides are different numbers of the same problems', () => {
  assert.match(faultOf({ control: 'grpo' }), /control: found "grpo", which is the treatment/);
  assert.match(faultOf({ control: 'grpo', controlMetric: hypothesis.metric }), /which is the treatment/);
  const passAt2 = { name: 'pass@k', split: 'clean', k: 2 };
  assert.equal(faultOf({ control: 'grpo', controlMetric: passAt2 }), 'no fault');
  const elsewhere = { ...passAt2, split: 'contaminated' };
  assert.match(faultOf({ controlMetric: elsewhere }), /it reads contaminated, metric clean/);
});

test('a margin is there where it is needed, in the unit of the metric', () => {
  assert.match(
    faultOf({ alternative: 'equivalent' }),
    /margin: "equivalent" needs one, { value, unit: "fraction" }/,
  );
  const metric = { ...probed, probe: 'base-perplexity', metric: 'log_perplexity_base_nats' };
  const margin = { value: 0.1, unit: 'fraction' };
  assert.match(faultOf({ metric, margin }), /margin.unit: found "fraction", but the metric is in nats/);
  assert.equal(faultOf({ metric, margin: { ...margin, unit: 'nats' } }), 'no fault');
  assert.match(
    faultOf({ metric, controlMetric: probed }),
    /controlMetric: it is in fraction, metric in nats/,
  );
});

test('pass@k takes four samples per k, and the refusal says how many', () => {
  const passAt = (k: number) => ({ name: 'pass@k', split: 'clean', k });
  assert.equal(faultOf({ metric: passAt(2) }), 'no fault');
  assert.match(
    faultOf({ metric: passAt(3) }),
    /^hypotheses\.0\.metric: k is 3, but condition grpo draws n = 8 samples; evaluation\.samplesPerProblem must be at least 12 \(n >= 4k\)$/m,
  );
  const control = { ...check, metric: passAt(3) };
  assert.match(faultOf({}, { control }), /^checks\.control\.metric: k is 3, /);
});

const check = {
  kind: 'positive-control',
  says: 'A verifier lifts pass@1.',
  treatment: 'grpo',
  control: 'base',
  metric: hypothesis.metric,
  alternative: 'greater',
  bound: { value: 0.1, unit: 'fraction' },
};

test('a hypothesis requires checks that are declared, of conditions and numbers that are there', () => {
  assert.equal(faultOf({ requires: ['lift'] }, { lift: check }), 'no fault');
  assert.match(
    faultOf({ requires: ['lift'] }),
    /^hypotheses\.0\.requires\.0: found "lift", no check is declared/,
  );
  assert.match(
    faultOf({ requires: ['lfit'] }, { lift: check }),
    /requires\.0: found "lfit", expected one of lift/,
  );
  assert.match(
    faultOf({}, { lift: { ...check, treatment: 'gpro' } }),
    /^checks\.lift\.treatment: found "gpro"/,
  );
  assert.match(
    faultOf({}, { lift: { ...check, bound: { value: 1, unit: 'nats' } } }),
    /^checks\.lift\.bound\.unit: found "nats", but the metric is in fraction/,
  );
});

test('a contrast weighs conditions that are there, in one unit', () => {
  const contrasted = { treatment: undefined, control: undefined };
  const contrast = { grpo: 1, 'random-reward': -1 };
  assert.equal(faultOf({ ...contrasted, contrast }), 'no fault');
  assert.match(
    faultOf({ ...contrasted, contrast: { grpo: 1, bsae: -1 } }),
    /^hypotheses\.0\.contrast\.bsae: found "bsae", .* the nearest is "base"/,
  );
  const entropy = { name: 'step', metric: 'rollout/entropy_nats' };
  assert.match(
    faultOf({ ...contrasted, contrast, metrics: { grpo: entropy } }),
    /^hypotheses\.0\.metrics\.grpo: it is in nats, metric in fraction/,
  );
  assert.match(
    faultOf({ ...contrasted, contrast, equal: { unit: 'labels' } }),
    /^hypotheses\.0\.equal: equal spending is asked of a treatment and its control/,
  );
});

test('an interest belongs to greater and less, above their margin; a share is a margin of the others', () => {
  const interest = { value: 0.05, unit: 'fraction' };
  const margin = { value: 0.05, unit: 'fraction' };
  assert.equal(faultOf({ interest }), 'no fault');
  assert.match(
    faultOf({ interest, margin }),
    /interest\.value: found 0\.05, expected more than the margin 0\.05/,
  );
  assert.match(
    faultOf({ interest, margin, alternative: 'noninferior' }),
    /interest: of "noninferior" the margin is/,
  );
  const share = { share: 0.25, of: { treatment: 'ground-truth', control: 'base' } };
  assert.match(faultOf({ margin: share }), /margin\.share: .* found "greater"/);
  const equivalent = { alternative: 'equivalent', treatment: 'random-reward' };
  assert.equal(
    faultOf({ ...equivalent, margin: { ...share, of: { treatment: 'grpo', control: 'base' } } }),
    'no fault',
  );
  assert.match(
    faultOf({ ...equivalent, margin: { ...share, of: { treatment: 'gpro', control: 'base' } } }),
    /^hypotheses\.0\.margin\.of\.treatment: found "gpro"/,
  );
});

test('checks are part of what an experiment is; without any it is what it was', () => {
  const declared = {
    ...{ name: 'demo', question: 'Does it work?', task: { family: 'arithmetic' } },
    conditions: { grpo: {} },
    hypotheses: [hypothesis],
  };
  const { id } = resolveExperiment(declared);
  assert.equal(resolveExperiment({ ...declared, checks: {} }).id, id);
  assert.notEqual(resolveExperiment({ ...declared, checks: { lift: check } }).id, id);
});
