import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { temperatureTable } from './temperature-table.ts';

test('pass@k at each temperature, with how many runs chose it', () => {
  const input = simulateComparison({ bases: 2, seeds: 1, problems: 2, samples: 4, steps: 1 });
  const runs = input.runs.filter(({ condition }) => condition === 'base');
  // Two problems of 4 samples: at .5 all right and none, at 1 two right each.
  const counts = { '0.5': [4, 0], '1': [2, 2] };
  const temperatures = runs.flatMap(({ id: runId }, i) =>
    Object.entries(counts).flatMap(([temperature, cs]) =>
      cs.map((c, p) => ({
        ...{ runId, temperature: Number(temperature), problemId: `p${p}`, n: 4, c },
        isChosen: Number(temperature) === (i === 0 ? 0.5 : 1),
      })),
    ),
  );
  const rows = temperatureTable.tabulate({ input: { ...input, temperatures }, finals: [] });
  assert.deepEqual(
    rows.map(({ temperature, k, mean, chosenRuns, seeds }) => [temperature, k, mean, chosenRuns, seeds]),
    [
      [0.5, 1, 0.5, 1, 2],
      [0.5, 2, 0.5, 1, 2],
      [0.5, 4, 0.5, 1, 2],
      [1, 1, 0.5, 1, 2],
      // 1 − C(2, 2) / C(4, 2), rounded as a product.
      [1, 2, 0.8333333333333333, 1, 2],
      [1, 4, 1, 1, 2],
    ],
  );
});
