import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMetricsAddress, parseSeedRange } from './parse-options.ts';

test('a metrics port alone is served on the loopback address', () => {
  assert.deepEqual(parseMetricsAddress('9464'), { host: '127.0.0.1', port: 9464 });
});

test('a metrics host and port are taken as they are', () => {
  assert.deepEqual(parseMetricsAddress('0.0.0.0:9464'), { host: '0.0.0.0', port: 9464 });
  assert.deepEqual(parseMetricsAddress('[::1]:9464'), { host: '[::1]', port: 9464 });
});

test('what is no metrics address is refused with what was found', () => {
  for (const text of ['', 'localhost', 'localhost:', '0', '65536', '::1:9464', '-1', '9464x']) {
    assert.throws(
      () => parseMetricsAddress(text),
      (error) => error instanceof Error && error.message.includes(`found "${text}"`),
    );
  }
});

test('base seeds are a range, a list or one alone', () => {
  assert.deepEqual(parseSeedRange('90-92'), [90, 91, 92]);
  assert.deepEqual(parseSeedRange('90,94'), [90, 94]);
  assert.deepEqual(parseSeedRange('7'), [7]);
  for (const text of ['94-90', '90-', 'x', '']) assert.throws(() => parseSeedRange(text), /expected a/);
});
