import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTrackio } from './open-trackio.ts';
import { READY, writeStandIn } from './stand-in-python.fixture.ts';

const point = {
  ...{ project: 'sums', key: 'r/step-0', runId: 'r', name: 'grpo', group: 'grpo', step: 0 },
  ...{ at: '2026-01-02T03:00:00.000Z', values: { 'reward/mean': 0.25 } },
};

test('a missing trackio is an error that says what is missing and the command that mends it', async (t) => {
  const python = writeStandIn(t, `echo "No module named 'trackio'" >&2; exit 3`);
  await assert.rejects(openTrackio(python), (error: Error) => {
    assert.equal(error.name, 'TrackerMissingError');
    assert.ok(error.message.includes("No module named 'trackio'"), error.message);
    assert.ok(error.message.includes(`\`${python} -m pip install --upgrade trackio\``), error.message);
    return true;
  });
});

test('so is a Python that is not there', async () => {
  await assert.rejects(openTrackio('/nowhere/python3'), {
    name: 'TrackerMissingError',
    message: /ENOENT.*--python/,
  });
});

test('a client that ends before it has written all is an error with its last words', async (t) => {
  const client = await openTrackio(writeStandIn(t, `${READY}; read line; echo disk full >&2; exit 1`));
  assert.equal(client.directory, '/somewhere');
  await client.log([point]);
  await assert.rejects(client.close(), { name: 'TrackerFailedError', message: /status 1: disk full/ });
});

test('one that is gone takes no further points', async (t) => {
  const client = await openTrackio(writeStandIn(t, `${READY}; exec 0<&-; echo locked >&2; exit 1`));
  // Far more than a pipe holds: the caller is told, and does not wait for ever.
  const many = Array.from({ length: 5000 }, () => point);
  await assert.rejects(client.log(many), { name: 'TrackerFailedError', message: /status 1: locked/ });
});

test('a client that has written all says how much was new', async (t) => {
  const client = await openTrackio(writeStandIn(t, `${READY}; cat > /dev/null; echo '{"added":7}'`));
  await client.log([point]);
  assert.equal(await client.close(), 7);
});
