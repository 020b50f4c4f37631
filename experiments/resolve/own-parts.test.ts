import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listStepMetrics, openScheme } from '../../schemes/open-scheme.ts';
import { createTemporaryDirectory } from '../../tests/support/small-matrix.ts';
import { loadExperiment } from './load.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve.ts';

const fixture = fileURLToPath(new URL('../../tests/fixtures/own-parts', import.meta.url));

/** A copy of the fixture outside this repository, with some words of its files exchanged. */
function copyFixture(
  t: TestContext,
  changes: Readonly<Record<string, readonly [string, string]>> = {},
): string {
  const directory = createTemporaryDirectory(t, 'assay-own-parts-');
  cpSync(fixture, directory, { recursive: true });
  for (const [name, [from, to]] of Object.entries(changes)) {
    const path = join(directory, name);
    const text = readFileSync(path, 'utf8');
    assert.ok(text.includes(from), `${name} lacks ${from}`);
    writeFileSync(path, text.replace(from, to));
  }
  return join(directory, 'matrix.yaml');
}

async function resolveFile(file: string): Promise<ResolvedExperiment> {
  return resolveExperiment(await loadExperiment(file));
}

function conditionOf(
  { conditions }: ResolvedExperiment,
  name: string,
): ResolvedExperiment['conditions'][number] {
  return conditions.find((condition) => condition.name === name)!;
}

test('a part of every family is used from a file outside the program, under a name that tells its source', async (t) => {
  const { condition } = conditionOf(await resolveFile(copyFixture(t)), 'every');
  const { scheme, task, parts } = condition;
  const names = [
    scheme.rollouts,
    scheme.rewards[1],
    scheme.judges![0],
    scheme.gates[0],
    scheme.comparisons[1],
    scheme.credit[2],
    scheme.objective[1],
  ];
  for (const entry of names) assert.match(entry!.name, /^[a-z-]+@[0-9a-f]{8}$/);
  assert.match(task.family, /^echo@/);
  assert.match(scheme.credit[1]!.options['by'] as string, /^doubt@/);
  assert.deepEqual(scheme.rewards[1]!.options, { power: 2 });
  const [judge] = scheme.judges!;
  assert.deepEqual(judge!.options, { most: 2 });
  assert.equal(scheme.rewards[2]!.options['judge'], judge!.name);
  assert.deepEqual(scheme.rewards[3]!.options['options'], { judge: judge!.name, weights: {} });
  assert.ok(parts!.length < 10_000, `${parts!.length} characters`);
  const metrics = listStepMetrics(openScheme(scheme)).map(({ name }) => name);
  assert.ok(metrics.includes('update/silenced') && metrics.includes('judge/undecided'));
});

test('where the file lies and what stands beside its parts change no fingerprint; another part does', async (t) => {
  const here = await resolveFile(copyFixture(t));
  const there = await resolveFile(copyFixture(t, { 'matrix.yaml': ['seeds: 1', 'seeds: 2'] }));
  const changed = await resolveFile(
    copyFixture(t, { 'parts.ts': ['isTop[at] === 1 ? 1 : rest', 'isTop[at] === 1 ? 2 : rest'] }),
  );
  const idsOf = ({ conditions }: ResolvedExperiment): string[] => conditions.map(({ id }) => id);
  assert.deepEqual(idsOf(there), idsOf(here));
  for (const [at, id] of idsOf(changed).entries()) assert.notEqual(id, idsOf(here)[at]);
});

test('conditions that use no part of their own say nothing of the file', async (t) => {
  const task = ['task: { family: echo, digits: 2 }', 'task: { family: arithmetic }'] as const;
  const file = copyFixture(t, { 'matrix.yaml': task });
  const declared = await loadExperiment(file);
  const resolved = resolveExperiment({ ...declared, base: {} });
  assert.equal(conditionOf(resolved, 'grpo').condition.parts, undefined);
  assert.ok(conditionOf(resolved, 'top-weighted').condition.parts !== undefined);
});

test('what is wrong with a file of parts is told before anything is computed', async (t) => {
  const faults: readonly (readonly [Record<string, readonly [string, string]>, RegExp])[] = [
    [{ 'matrix.yaml': ['./parts.ts', './none.ts'] }, /none\.ts: its parts do not compile/],
    [{ 'parts.ts': ["name: 'shortness'", "name: 'Short'"] }, /parts\.rewards: found the name "Short"/],
    [
      { 'parts.ts': ['rewards: [shortness]', 'reward: [shortness]'] },
      /parts\.reward: the families are rollouts, rewards, /,
    ],
    [
      { 'parts.ts': ['export const parts', 'export const pieces'] },
      /No matching export|its parts do not compile/,
    ],
    [
      { 'parts.ts': ["} from 'assay';", "} from 'assay';\nimport 'node:fs';"] },
      /import "node:fs"|its parts do not compile/,
    ],
    [
      { 'matrix.yaml': ['[spread, top-weighted]', '[spread, top-wieghted]'] },
      /no credit rule "top-wieghted"/,
    ],
    [
      { 'matrix.yaml': ['[spread, top-weighted]', '[whiten, top-weighted]'] },
      /scheme\.credit: credit rule whiten needs the credit/,
    ],
    [
      { 'parts.ts': ['tokenWeights: tokenMask.map', 'tokenWeights: nothing.map'] },
      /scheme\.credit: nothing is not defined/,
    ],
  ];
  for (const [changes, message] of faults)
    await assert.rejects(resolveFile(copyFixture(t, changes)), message);
});
