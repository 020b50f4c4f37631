import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeOptionalFailureToOptionalError,
  encodeErrorToFailure,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { createDataConverter } from './data-converter.ts';

const error = new Error('the batch of step 3 is not finite');

test('with keys a failure’s message and stack are encrypted, and come back', async () => {
  const environment = { ASSAY_PAYLOAD_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}` };
  const converter = loadDataConverter(createDataConverter(environment));
  const failure = await encodeErrorToFailure(converter, error);
  assert.ok(!/finite|data-converter/.test(JSON.stringify(failure)), JSON.stringify(failure));
  assert.ok(!Buffer.from(failure.encodedAttributes!.data!).includes('finite'));
  const decoded = await decodeOptionalFailureToOptionalError(converter, failure);
  assert.equal(decoded?.message, error.message);
});

test('without keys nothing is converted', async () => {
  const failure = await encodeErrorToFailure(loadDataConverter(createDataConverter({})), error);
  assert.equal(failure.message, error.message);
});
