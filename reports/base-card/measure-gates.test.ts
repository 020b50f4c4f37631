import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CardGate, GateMeasure } from '../../config/card-gate.ts';
import type { CardEvaluation } from './base-card.ts';
import { toGateText } from './gate-text.ts';
import { measureGates, type GateArm, type SeedArms } from './measure-gates.ts';

/** One problem: c of 8 samples right, `scratchpad` of them in that format, of which `right` are right. */
function row(split: string, c: number, format = { scratchpad: 8, right: c }): CardEvaluation {
  return {
    ...{ split, answer: '1', n: 8, c, answers: {} },
    formats: {
      scratchpad: { n: format.scratchpad, c: format.right },
      direct: { n: 8 - format.scratchpad, c: c - format.right },
    },
  };
}

function arm(name: string, counts: { dev: number; clean: number }, greedy: GateArm['greedy'] = {}): GateArm {
  return { name, evaluations: [row('dev', counts.dev), row('clean', counts.clean)], greedy };
}

function armsOf(...arms: GateArm[]): SeedArms {
  return new Map(arms.map((each) => [each.name, each]));
}

const gateOf = (measure: GateMeasure, bound: Pick<CardGate, 'atLeast' | 'atMost'> = {}): CardGate => ({
  ...{ name: 'gate', reason: 'To be tested.', measure },
  ...bound,
});

const COOLED = ['at-0.7'];

function valueOf(measure: GateMeasure, arms: SeedArms): number | null {
  const { mean } = measureGates([gateOf(measure)], new Map([[90, arms]]), COOLED)[0]!;
  return mean === null ? null : Number(mean.toFixed(9));
}

test('greedy accuracy, pass@k and formats are those of the untrained arm on clean', () => {
  const mixed = { name: 'base', greedy: { dev: 0.1, clean: 0.75 } };
  const arms = armsOf({
    ...mixed,
    evaluations: [row('dev', 0), row('clean', 4, { scratchpad: 2, right: 2 })],
  });
  assert.equal(valueOf({ of: 'greedy' }, arms), 0.75);
  assert.equal(valueOf({ of: 'pass@k', k: 1 }, arms), 0.5);
  // All of two samples wrong: 4/8 · 3/7.
  assert.ok(Math.abs(valueOf({ of: 'pass@k', k: 2 }, arms)! - (1 - 12 / 56)) < 1e-8);
  assert.equal(valueOf({ of: 'pass@k', k: 64 }, arms), null);
  assert.equal(valueOf({ of: 'format-share', format: 'scratchpad' }, arms), 0.25);
  assert.equal(valueOf({ of: 'format-accuracy', format: 'scratchpad' }, arms), 1);
  assert.ok(Math.abs(valueOf({ of: 'format-accuracy', format: 'direct' }, arms)! - 2 / 6) < 1e-8);
  assert.equal(valueOf({ of: 'format-share', format: 'padded-direct' }, arms), 0);
});

test('a gate may ask for another split, and for the share of samples without an answer', () => {
  const recalled = { ...row('knowledge', 6), answers: { 17: 6, 18: 2 } };
  const malformed = { ...row('clean', 2), answers: { 1: 2, '': 4, 5: 2 } };
  const arms = armsOf({ name: 'base', greedy: {}, evaluations: [recalled, malformed, row('clean', 8)] });
  assert.equal(valueOf({ of: 'pass@k', k: 1, split: 'knowledge' }, arms), 0.75);
  assert.equal(valueOf({ of: 'malformed-share' }, arms), 4 / 16);
  assert.equal(valueOf({ of: 'malformed-share' }, armsOf()), null);
});

test('a lift over the base is in pass@1, over its best temperature it is over the one that dev chose', () => {
  const greedy = { dev: 0.5, clean: 0.125 };
  // Cooled is best on dev (.75), although greedy answers and temperature 1 are worse and better on clean.
  const arms = armsOf(
    arm('base', { dev: 2, clean: 6 }, greedy),
    arm('at-0.7', { dev: 6, clean: 3 }),
    arm('imitation', { dev: 0, clean: 7 }),
  );
  assert.equal(valueOf({ of: 'lift', arm: 'imitation', over: 'base' }, arms), 1 / 8);
  assert.equal(valueOf({ of: 'lift', arm: 'imitation', over: 'best-temperature' }, arms), 4 / 8);
  const sharp = armsOf(
    arm('base', { dev: 2, clean: 6 }, { dev: 1, clean: 0.5 }),
    arm('at-0.7', { dev: 6, clean: 3 }),
    arm('imitation', { dev: 0, clean: 7 }),
  );
  assert.equal(valueOf({ of: 'lift', arm: 'imitation', over: 'best-temperature' }, sharp), 3 / 8);
});

test('what an arm does not tell is not measured, neither is a gate that one seed does not tell of', () => {
  const lift = { of: 'lift', arm: 'truth', over: 'base' } as const;
  const alone = armsOf(arm('base', { dev: 1, clean: 1 }));
  const whole = armsOf(arm('base', { dev: 1, clean: 1 }), arm('truth', { dev: 1, clean: 3 }));
  assert.equal(valueOf(lift, alone), null);
  assert.equal(valueOf({ of: 'lift', arm: 'truth', over: 'best-temperature' }, whole), null);
  const seeds = new Map([
    [90, whole],
    [91, alone],
  ]);
  const [measured] = measureGates([gateOf(lift, { atLeast: 0 })], seeds, COOLED);
  assert.deepEqual([measured!.mean, measured!.state], [null, 'not measured']);
  assert.deepEqual(Object.keys(measured!.values), ['90']);
});

test('the mean over base seeds decides, and its interval is Student’s', () => {
  const bySeed = new Map(
    [2, 4].map((clean, at) => [90 + at, armsOf(arm('base', { dev: 0, clean }))] as const),
  );
  const pass = { of: 'pass@k', k: 1 } as const;
  const [low, high, both] = measureGates(
    [
      gateOf(pass, { atLeast: 0.37 }),
      gateOf(pass, { atMost: 0.37 }),
      gateOf(pass, { atLeast: 0.3, atMost: 0.4 }),
    ],
    bySeed,
    COOLED,
  );
  assert.deepEqual(
    [low, high, both].map((gate) => gate!.state),
    ['passed', 'failed', 'passed'],
  );
  // .25 and .5: error .125, t of .975 with one degree of freedom 12.7062.
  assert.ok(Math.abs(low!.interval![1] - (0.375 + 0.125 * 12.7062)) < 1e-4);
});

test('the table of gates says what was wanted and what was found', () => {
  const gates = [gateOf({ of: 'greedy' }, { atLeast: 0.8 })];
  assert.match(
    toGateText(gates, null),
    /^\| gate \| greedy answers right \| ≥ 0\.800 \| – \| not measured \| To be tested\. \|$/m,
  );
  const measured = { name: 'gate', values: { 90: 0.7 }, mean: 0.7, interval: null, state: 'failed' } as const;
  const text = toGateText(gates, {
    ...{ recipe: 'demo', recipeId: 'r', gatesId: 'g', machines: [], weights: {}, seeds: [90] },
    ...{ recordedAt: '2026-11-30T06:00:00.000Z', gates: [measured] },
  });
  assert.match(text, /base seeds 90 .*2026-11-30/);
  assert.match(text, /\| ≥ 0\.800 \| 0\.700 \| failed \|/);
  assert.match(toGateText([], null), /none were fixed/);
});
