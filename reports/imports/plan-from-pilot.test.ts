import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IncomparableError } from '../comparison/incomparable-error.ts';
import { armOf, countOf, runOf } from './imported-arm.fixture.ts';
import { describePlan, planFromPilot } from './plan-from-pilot.ts';

const ask = { effect: 0.1, power: 0.8 };
const names = Array.from({ length: 40 }, (_, i) => `k${String(i).padStart(2, '0')}`);
const every = (of: (i: number) => number) => Object.fromEntries(names.map((name, i) => [name, of(i)]));

test('single runs of single samples plan problems alone, by the spread of their differences', () => {
  // Differences 1, −1, 0, 0 …: mean 0, variance 20/39.
  const base = every((i) => Number(i % 4 === 1));
  const grpo = every((i) => Number(i % 4 === 0));
  const plan = planFromPilot([armOf('base', [runOf(base)]), armOf('grpo', [runOf(grpo)])], ask);
  assert.ok(Math.abs(plan.pilot.components.problems - 20 / 39) < 1e-12);
  assert.equal(plan.pilot.components.sampling, null);
  assert.equal(plan.rows.length, 1);
  // (1.96 + 0.84)² · 0.5128 / 0.1² = 402.5, and two more for Student's t.
  const { problems } = plan.rows[0]!;
  assert.ok(problems! >= 402 && problems! <= 407, `${problems}`);
  assert.match(describePlan(plan).at(-2)!, /^The pilot has single samples/);
  assert.match(describePlan(plan).at(-1)!, /^The pilot has one run per arm/);
});

test('pilots pair problems by content, in whatever order the arms have them', () => {
  const scores = every((i) => Number(i < 20));
  const backwards = Object.fromEntries(Object.entries(scores).reverse());
  const plan = planFromPilot([armOf('base', [runOf(scores)]), armOf('grpo', [runOf(backwards)])], ask);
  assert.equal(plan.pilot.components.problems, 0);
});

test('several samples tell what more of them gain, and several runs what more of those do', () => {
  const run = (shift: number) => ({
    seed: null,
    counts: names.map((key, i) =>
      countOf({ key, n: 4, sum: (i + shift) % 5, sumOfSquares: (i + shift) % 5 }),
    ),
  });
  const single = planFromPilot([armOf('base', [run(0)]), armOf('grpo', [run(1)])], ask);
  assert.deepEqual(
    single.rows.map(({ samples, runs }) => [samples, runs]),
    [
      [1, 1],
      [4, 1],
      [16, 1],
    ],
  );
  const needed = single.rows.map(({ problems }) => problems!);
  assert.deepEqual(
    needed,
    needed.toSorted((a, b) => b - a),
  );
});

test('a pilot of several runs plans for one, three and five of them', () => {
  const run = (shift: number) => ({
    seed: null,
    counts: names.map((key, i) => countOf({ key, n: 4, sum: (i % 3) + shift })),
  });
  const arms = [armOf('base', [run(0), run(1), run(2)]), armOf('grpo', [run(1), run(0), run(2)])];
  const { rows, pilot } = planFromPilot(arms, ask);
  assert.equal(pilot.runs, 3);
  assert.ok(pilot.components.runs > 0);
  assert.deepEqual(
    rows.map(({ runs, samples }) => `${runs} × ${samples}`),
    ['1 × 1', '1 × 4', '1 × 16', '3 × 1', '3 × 4', '3 × 16', '5 × 1', '5 × 4', '5 × 16'],
  );
});

test('other than two arms, and one common problem, make no plan', () => {
  assert.throws(() => planFromPilot([armOf('base', [runOf({ x: 1 })])], ask), IncomparableError);
  assert.throws(
    () => planFromPilot([armOf('base', [runOf({ x: 1 })]), armOf('grpo', [runOf({ x: 0 })])], ask),
    IncomparableError,
  );
});
