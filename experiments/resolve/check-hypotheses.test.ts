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
function faultOf(changes: object): string {
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
    faultOf({ metric: { name: 'pass@k', split: 'clean', k: 9 } }),
    /k is 9, but condition grpo takes .* = 8/,
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
  const passAt8 = { name: 'pass@k', split: 'clean', k: 8 };
  assert.equal(faultOf({ control: 'grpo', controlMetric: passAt8 }), 'no fault');
  const elsewhere = { ...passAt8, split: 'contaminated' };
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
