import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseCsv } from '../reports/text/parse-csv.ts';
import { experiment } from './matrices/quickstart.ts';
import { resolveExperiment } from './resolve/resolve.ts';

const kept = readFileSync(new URL('../docs/results/quickstart/runs.csv', import.meta.url), 'utf8');

test('the kept result of the quickstart is of the conditions that are declared today', () => {
  const declared = resolveExperiment(experiment).conditions.map(({ name, id }) => `${name} ${id}`);
  const found = parseCsv(kept).map((row) => `${row['condition']} ${row['condition_fingerprint']}`);
  assert.deepEqual(
    [...new Set(found)].sort(),
    declared.sort(),
    'docs/results/quickstart is stale: run the quickstart again and keep its report',
  );
});
