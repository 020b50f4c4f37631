import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProcessor } from './describe-processor.ts';

const cpuinfo = (model: number, flags: string): string =>
  `processor\t: 0\ncpu family\t: 25\nmodel\t\t: ${model}\nmodel name\t: AMD EPYC\nflags\t\t: fpu sse4_2 fma ${flags}\n`;

test('two generations of one name are two kinds of processor', () => {
  const milan = describeProcessor('AMD EPYC', cpuinfo(1, 'avx2 avx'));
  assert.equal(milan, 'AMD EPYC, family 25 model 1 (avx avx2 fma sse4_2)');
  assert.notEqual(milan, describeProcessor('AMD EPYC', cpuinfo(17, 'avx avx2 avx512f')));
});

test('where the system tells no more, the name alone is the kind', () => {
  assert.equal(describeProcessor('Apple M2', null), 'Apple M2');
  assert.equal(describeProcessor(null, null), null);
  assert.equal(describeProcessor(null, 'Features : fp asimd crc32\n'), 'unknown processor (asimd)');
});
