import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactSecrets } from './redact-secrets.ts';
import { configuredTarget, connectClient, ServerUnreachableError } from './temporal-connection.ts';

const KEY = 'sentinel-0123456789-key';

test('values of secret variables are replaced by their names, also inside JSON; others stay', () => {
  const environment = {
    TEMPORAL_API_KEY: `${KEY}"\n`,
    MY_PASSWORD: 'short',
    TOKENS: '4096',
    HOME: '/home/somebody',
  };
  const text = `Bearer ${KEY}"\n, ${JSON.stringify({ key: `${KEY}"\n` })}, short, 4096, /home/somebody`;
  assert.equal(
    redactSecrets(text, environment),
    'Bearer [TEMPORAL_API_KEY], {"key":"[TEMPORAL_API_KEY]"}, short, 4096, /home/somebody',
  );
});

test('neither an unreachable server nor a malformed key puts the key into an error', async (t) => {
  const variables = ['TEMPORAL_ADDRESS', 'TEMPORAL_API_KEY', 'TEMPORAL_CONFIG_FILE'] as const;
  const before = variables.map((name) => process.env[name]);
  t.after(() =>
    variables.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    }),
  );
  delete process.env['TEMPORAL_CONFIG_FILE'];
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:9';
  for (const key of [KEY, `${KEY}\nsecond line`, `${KEY}ü\u0001`]) {
    process.env['TEMPORAL_API_KEY'] = key;
    await assert.rejects(
      async () => connectClient(configuredTarget()),
      (error: Error) => {
        assert.ok(error instanceof ServerUnreachableError, String(error));
        const whole = `${error.message}\n${error.stack}\n${JSON.stringify(error)}`;
        assert.ok(!whole.includes(KEY), whole);
        return true;
      },
    );
  }
});
