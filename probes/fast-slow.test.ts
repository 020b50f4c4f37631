import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTask } from '../tasks/index.ts';
import { rateCorrections, type FastSlowPair } from './fast-slow.ts';
import { openProbe } from './index.ts';

const pair = (fast: 0 | 1, slow: 0 | 1): FastSlowPair => ({ fast, slow });

test('correction is a share of the wrong fast answers, overthinking of the right ones', () => {
  // A_fast = 2/5; d_c = 2/5, so r_c = (2/5)/(3/5); d_o = 1/5, so r_o = (1/5)/(2/5).
  const pairs = [pair(0, 1), pair(0, 0), pair(0, 1), pair(1, 0), pair(1, 1)];
  assert.deepEqual(rateCorrections(pairs), { correctionRate: 2 / 3, overthinkingRate: 1 / 2 });
});

test('a rate of no problems is undefined', () => {
  assert.deepEqual(rateCorrections([pair(1, 1)]), { correctionRate: null, overthinkingRate: 0 });
  assert.deepEqual(rateCorrections([pair(0, 1)]), { correctionRate: 1, overthinkingRate: null });
});

test('formats that cannot be forced apart are a fault of the options', () => {
  const setting = { task: openTask('arithmetic'), layers: 2 };
  assert.equal(openProbe('fast-slow').findFault(setting), null);
  const same = openProbe('fast-slow', { slowFormat: 'direct' });
  assert.match(same.findFault(setting)!, /slowFormat direct with '#'; both must be forced/);
  const unknown = openProbe('fast-slow', { slowFormat: 'essay' });
  assert.throws(() => unknown.findFault(setting), { name: 'UnknownFormatError' });
});
