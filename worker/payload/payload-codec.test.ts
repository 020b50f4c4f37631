import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { createPayloadCodec, PayloadKeyMissingError, PayloadTamperedError } from './payload-codec.ts';
import { PayloadKeySettingError, readPayloadKeys } from './payload-keys.ts';

const FIRST = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const SECOND = `k2:${Buffer.alloc(32, 2).toString('base64')}`;

function codecOf(setting: string) {
  return createPayloadCodec(readPayloadKeys({ ASSAY_PAYLOAD_KEYS: setting })!);
}

const values = [{ path: 'runs/grpo/plan.json', step: 3 }, 'text', null, undefined, new Uint8Array([0, 255])];
const plain = values.map((value) => defaultPayloadConverter.toPayload(value)!);

test('every kind of payload comes back as it was, and nothing of it stands in the clear', async () => {
  const codec = codecOf(FIRST);
  const encrypted = await codec.encode(plain);
  const decrypted = await codec.decode(encrypted);
  const toValue = (payload: Payload): unknown => {
    const value: unknown = defaultPayloadConverter.fromPayload(payload);
    return value instanceof Uint8Array ? [...value] : value;
  };
  assert.deepEqual(decrypted.map(toValue), plain.map(toValue));
  for (const { data, metadata } of encrypted) {
    assert.ok(!Buffer.from(data!).includes('grpo'));
    assert.deepEqual(Object.keys(metadata!), ['encoding', 'encryption-cipher', 'encryption-key-id']);
  }
});

test('the same payload is never encrypted to the same bytes', async () => {
  const [a, b] = await codecOf(FIRST).encode([plain[0]!, plain[0]!]);
  assert.notDeepEqual(a!.data, b!.data);
});

test('a payload of which any byte has changed is refused', async () => {
  const codec = codecOf(FIRST);
  const [payload] = (await codec.encode([plain[0]!])) as [Payload];
  for (const at of [0, 12, payload.data!.length - 1]) {
    const data = Uint8Array.from(payload.data!);
    data[at]! ^= 1;
    await assert.rejects(codec.decode([{ ...payload, data }]), PayloadTamperedError);
  }
  await assert.rejects(
    codec.decode([{ ...payload, data: payload.data!.subarray(0, 20) }]),
    PayloadTamperedError,
  );
});

test('a payload in the clear is refused once keys are set', async () => {
  await assert.rejects(codecOf(FIRST).decode([plain[0]!]), PayloadTamperedError);
});

test('after a rotation the new key encrypts and the old one still decrypts', async () => {
  const old = await codecOf(FIRST).encode([plain[1]!]);
  const rotated = codecOf(`${SECOND},${FIRST}`);
  const [decrypted] = await rotated.decode(old);
  assert.equal(defaultPayloadConverter.fromPayload(decrypted!), 'text');
  const fresh = await rotated.encode([plain[1]!]);
  assert.equal(Buffer.from(fresh[0]!.metadata!['encryption-key-id']!).toString(), 'k2');
  await assert.rejects(codecOf(FIRST).decode(fresh), (error: unknown) => {
    assert.ok(error instanceof PayloadKeyMissingError);
    assert.match(error.message, /"k2", and this process has "k1"/);
    return true;
  });
});

test('keys are read from a file that is closed to others', () => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-keys-'));
  try {
    const path = join(directory, 'keys');
    writeFileSync(path, `# since November\n${SECOND}\n\n${FIRST} # before\n`, { mode: 0o600 });
    const keys = readPayloadKeys({ ASSAY_PAYLOAD_KEYS: path })!;
    assert.deepEqual(
      keys.map((key) => key.id),
      ['k2', 'k1'],
    );
    chmodSync(path, 0o644);
    assert.throws(() => readPayloadKeys({ ASSAY_PAYLOAD_KEYS: path }), /open to other users \(mode 644\)/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('without the setting there is no encryption; a setting that holds no key is refused and never repeated', () => {
  assert.equal(readPayloadKeys({}), null);
  const settings = [
    'k1:c2hvcnQ=',
    'k1 :secret',
    ':secret',
    `${FIRST},${FIRST}`,
    '/nowhere/keys',
    'k1:not base64',
  ];
  for (const setting of settings) {
    assert.throws(
      () => readPayloadKeys({ ASSAY_PAYLOAD_KEYS: setting }),
      (error: unknown) =>
        error instanceof PayloadKeySettingError && !/secret|c2hvcnQ|not base64/.test(error.message),
    );
  }
});
