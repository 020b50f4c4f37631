import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeSettings } from './describe-settings.ts';
import { toSettingsPage, toSettingsText } from './settings-page.ts';

const groups = describeSettings();
const settings = new Map(groups.flatMap((group) => group.settings).map((setting) => [setting.path, setting]));

test('every key and every group has its sentence', () => {
  for (const { path, description } of [...groups, ...settings.values()]) {
    assert.match(description, /\.$/, `"${path}" has no sentence`);
  }
});

test('keys carry the bounds and defaults of their schema', () => {
  assert.deepEqual(settings.get('training.steps'), {
    path: 'training.steps',
    type: 'integer ≥ 0',
    default: 60,
    isRequired: false,
    description: 'RL steps; each samples one batch of rollouts.',
  });
  assert.equal(settings.get('base.stages[].sources[].share')?.type, 'number in (0, 1]');
  assert.equal(settings.get('base.stages')?.type, 'list of settings');
  assert.equal(settings.get('training.maxNewTokens')?.type, 'integer ≥ 1 or null');
  assert.equal(settings.get('scheme.credit')?.type, 'list of text or settings');
  assert.equal(settings.get('seeds')?.type, 'integer ≥ 1 or list of integer');
  assert.equal(settings.get('question')?.isRequired, true);
});

test('the same plan in two places has the defaults of each place', () => {
  assert.equal(settings.get('base.optimizer.learningRate')?.default, 3e-3);
  assert.equal(settings.get('base.optimizer.beta1')?.default, 0.9);
  assert.equal(settings.get('training.optimizer.learningRate')?.default, 1e-4);
});

test('what a condition may override, list items and maps are listed by their paths', () => {
  for (const path of ['conditions.*.training', 'axes.*.*.scheme', 'scheme.rewards[].weight']) {
    assert.ok(settings.has(path), path);
  }
  assert.match(settings.get('evaluation.splits')!.type, /^map of dev \| clean .* to integer ≥ 1$/);
});

test('the plain table has one line per key', () => {
  const lines = toSettingsText(groups)
    .split('\n')
    .filter((line) => line.startsWith('  '));
  assert.equal(lines.length, groups.flatMap((group) => group.settings).length);
});

test('docs/settings.md is what the schemas give', () => {
  const page = readFileSync(new URL('../docs/settings.md', import.meta.url), 'utf8');
  assert.equal(
    page,
    toSettingsPage(groups),
    'regenerate it: npm run --silent assay -- settings --markdown > docs/settings.md',
  );
});
