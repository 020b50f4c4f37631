import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { entropyLawTable } from './entropy-law-table.ts';

/** Runs of one condition whose steps have exactly R = −a·e^H + b, as (a, b) and the entropies of their steps. */
function comparison(
  runs: readonly (readonly [a: number, b: number, entropies: readonly number[]])[],
): ComparisonInput {
  return {
    conditions: [{ name: 'grpo' }],
    runs: runs.map((_, i) => ({ id: `grpo-${i}`, condition: 'grpo', status: 'completed' })),
    metrics: runs.flatMap(([a, b, entropies], i) =>
      entropies.flatMap((entropy, step) => [
        { runId: `grpo-${i}`, step, name: 'rollout/entropy_nats', value: entropy },
        { runId: `grpo-${i}`, step, name: 'verdict/correct', value: b - a * Math.exp(entropy) },
      ]),
    ),
  } as unknown as ComparisonInput;
}

const rowsOf = (input: ComparisonInput) => entropyLawTable.tabulate({ input, finals: [] });

test('each run is fitted alone, so runs on other curves do not bend the law of the arm', () => {
  const [row] = rowsOf(comparison([[0.2, 1, [1, 0.5, 0.1]], [0.4, 1.4, [0.2, 0.3]]])); // prettier-ignore
  assert.deepEqual([row!.runs, row!.points, row!.entropyLow, row!.entropyHigh], [2, 5, 0.1, 1]);
  const found = [row!.a, row!.b, row!.ceiling, row!.ceilingLow, row!.ceilingHigh, row!.rSquared!];
  [0.3, 1.2, 0.9, 0.8, 1, 1].forEach((want, i) => assert.ok(Math.abs(found[i]! - want) < 1e-9, `${found}`));
});

test('a run whose entropy never changes determines no law, and an arm of such runs has no row', () => {
  assert.equal(rowsOf(comparison([[0.2, 1, [1, 0.5]], [0.2, 1, [0.5, 0.5]]]))[0]!.runs, 1); // prettier-ignore
  assert.deepEqual(rowsOf(comparison([[0.2, 1, [0.5, 0.5]], [0.2, 1, []]])), []); // prettier-ignore
});
