import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec } from './payload-codec.ts';
import { readPayloadKeys } from './payload-keys.ts';

const encryptedFailures = fileURLToPath(new URL('./encrypted-failures.cjs', import.meta.url));

/**
 * How clients and workers write what Temporal stores: as it is, or encrypted when `ASSAY_PAYLOAD_KEYS` is set.
 *
 * @throws {PayloadKeySettingError}
 */
export function createDataConverter(environment: NodeJS.ProcessEnv): DataConverter {
  const keys = readPayloadKeys(environment);
  if (keys === null) return {};
  return { failureConverterPath: encryptedFailures, payloadCodecs: [createPayloadCodec(keys)] };
}
