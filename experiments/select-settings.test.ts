import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectSettings } from './select-settings.ts';

test('the settings of tasks list the options of every family, and the page of all settings leaves them out', () => {
  const groups = selectSettings('task');
  const arithmetic = groups.find(({ which }) => which === 'family arithmetic')!;
  assert.deepEqual(
    arithmetic.settings.find(({ path }) => path === 'task.operations')?.type.slice(0, 7),
    'integer',
  );
  assert.deepEqual(
    groups.map(({ which }) => which).filter((which) => which !== ''),
    ['family arithmetic', 'family countdown', 'family jsonl', 'family knowledge'],
  );
  assert.ok(selectSettings('').every(({ which }) => !which.startsWith('family')));
});
