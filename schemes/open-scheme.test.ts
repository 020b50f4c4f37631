import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprint } from '../config/canonical.ts';
import { defineScheme, type Scheme, type SchemeInput } from '../config/scheme.ts';
import { trainingSchema } from '../config/training.ts';
import { findScheme } from './named/index.ts';
import { openScheme } from './open-scheme.ts';
import { listPartFaults, settleScheme } from './settle-scheme.ts';

const define = (change: Partial<SchemeInput>): Scheme =>
  defineScheme({ name: 'mine', title: 'Mine', source: 'none', rewards: ['rubric'], ...change });

const runningJudges = (scheme: Scheme): unknown[] =>
  openScheme(scheme).judges.map(({ part, options }) => [part.name, options]);

function faultsOf(scheme: Scheme): readonly string[] {
  const settled = settleScheme(scheme);
  return settled.faults.length > 0
    ? settled.faults
    : listPartFaults(settled.scheme, trainingSchema.parse({}));
}

const every = {
  ...{ 'shows-steps': 1, 'steps-correct': 1, 'one-final-answer': 1, 'ends-properly': 1, 'known-format': 1 },
};

test('a judge that a reward reads and the scheme does not list is added with its defaults', () => {
  const settled = settleScheme(define({}));
  assert.deepEqual(settled.faults, []);
  assert.deepEqual(settled.scheme.judges, [{ name: 'checks', options: { criteria: every } }]);
  assert.deepEqual(settled.scheme.rewards[0]!.options, { judge: 'checks', weights: {} });
  assert.deepEqual(faultsOf(define({})), []);
  const inner = define({ rewards: [{ name: 'compound', options: { reward: 'rubric' } }] });
  assert.deepEqual(settleScheme(inner).scheme.judges, settled.scheme.judges);
});

test('a listed judge keeps its options', () => {
  const judges = [{ name: 'checks', options: { criteria: { 'known-format': 2 } } }];
  const settled = settleScheme(define({ judges }));
  assert.deepEqual(settled.scheme.judges, judges);
  assert.deepEqual(faultsOf(define({ judges })), []);
  assert.deepEqual(runningJudges(settled.scheme), [['checks', judges[0]!.options]]);
});

test('a stored scheme of before there were lists of judges has the default one', () => {
  const stored = define({ rewards: [{ name: 'rubric', options: { weights: {} } }] });
  assert.equal(stored.judges, undefined);
  assert.deepEqual(runningJudges(stored), [['checks', { criteria: every }]]);
});

test('a scheme without judges has no such list, and the fingerprint of before there were any', () => {
  const grpo = findScheme('grpo');
  assert.ok(!('judges' in settleScheme(grpo).scheme));
  assert.equal(
    fingerprint(settleScheme({ ...grpo, judges: [] }).scheme),
    fingerprint(settleScheme(grpo).scheme),
  );
});

test('a reward of weight 0 has no judge run, and its judge may stay listed', () => {
  const idle = define({ rewards: ['verifier', { name: 'rubric', weight: 0 }], judges: ['checks'] });
  assert.deepEqual(faultsOf(idle), []);
  assert.deepEqual(runningJudges(idle), []);
  assert.ok(!openScheme({ ...idle, rewards: idle.rewards.slice(1) }).sees.has('labels'));
});

test('what a scheme sees, its judges see: labels only with criteria that need them', () => {
  assert.deepEqual([...openScheme(define({})).sees].sort(), ['labels', 'nothing']);
  const judges = [{ name: 'checks', options: { criteria: { 'known-format': 1 } } }];
  assert.deepEqual([...openScheme(define({ judges })).sees], ['nothing']);
});

test('a judge that nobody reads, one listed twice, an unknown one and a weight without item are refused with their place', () => {
  const cases: readonly (readonly [Scheme, RegExp])[] = [
    [define({ rewards: ['verifier'], judges: ['checks'] }), /^judges\.0: no part reads what checks finds/],
    [define({ judges: ['checks', 'checks'] }), /^judges\.1: checks is listed already, as judges\.0$/],
    [define({ judges: ['chekcs'] }), /^judges\.0: there is no judge "chekcs"; the nearest is "checks"/],
    [
      define({ rewards: [{ name: 'rubric', options: { judge: 'chekcs' } }] }),
      /^judges\.0: there is no judge "chekcs"/,
    ],
    [
      define({
        rewards: ['rubric', { name: 'rubric', options: { judge: 'chekcs' } }],
        judges: ['checks'],
      }),
      /^judges\.1: there is no judge "chekcs"/,
    ],
    [
      define({ rewards: [{ name: 'rubric', options: { weights: { 'shows-step': 0 } } }] }),
      /^rewards\.0: judge checks does not judge "shows-step", which weights name; it judges shows-steps, /,
    ],
  ];
  for (const [scheme, fault] of cases) {
    const faults = faultsOf(scheme);
    assert.equal(faults.length, 1, faults.join());
    assert.match(faults[0]!, fault);
  }
});
