import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { acquireEmbeddedServer, type EmbeddedServer } from '../worker/server/embedded-server.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { toHome } from '../artifacts/home.ts';
import { provideTemporalServer } from '../setup/temporal-server.ts';
import {
  configuredTarget,
  ConnectionSettingsError,
  connectClient,
  connectWorker,
  embeddedEnvironment,
  ServerUnreachableError,
} from '../worker/server/temporal-connection.ts';
import { makeCertificates, type Certificates } from './support/certificates.ts';
import { startSecureProxy, type SecureProxy } from './support/secure-proxy.ts';
import { createTemporaryDirectory } from './support/small-matrix.ts';

const API_KEY = 'key-of-the-test';

describe('a connection with certificates and an API key', () => {
  let certificates: Certificates;
  let server: EmbeddedServer;
  let proxy: SecureProxy;
  // Before the directory goes, in which the server keeps its file.
  after(async () => {
    proxy.close();
    await server.release();
  });

  const directory = createTemporaryDirectory({ after }, 'assay-tls-');
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    certificates = makeCertificates(directory);
    const cacheDirectory = defaultCacheDirectory();
    const program = await provideTemporalServer({ cacheDirectory, report: console.error });
    server = await acquireEmbeddedServer(toHome(directory), program);
    proxy = await startSecureProxy({ certificates, upstream: server.address, apiKey: API_KEY });
    ({ environment } = proxy);
  });

  const assertServes = async (variables: NodeJS.ProcessEnv): Promise<void> => {
    const target = configuredTarget(variables);
    const client = await connectClient(target);
    const { serverVersion } = await client.workflowService.getSystemInfo({});
    await client.connection.close();
    const worker = await connectWorker(target);
    assert.equal((await worker.workflowService.getSystemInfo({})).serverVersion, serverVersion);
    await worker.close();
  };

  const assertRefused = async (variables: NodeJS.ProcessEnv): Promise<void> => {
    const target = configuredTarget(variables);
    await assert.rejects(connectClient(target), ServerUnreachableError);
    await assert.rejects(connectWorker(target), ServerUnreachableError);
  };

  test('serves clients and workers that TEMPORAL_* variables equip', async () => {
    await assertServes(environment);
    assert.deepEqual([...proxy.calls.keys()].sort(), ['grpc-node-js', 'tonic']);
  });

  test('serves them just as well when a profile of a configuration file equips them', async () => {
    const file = join(directory, 'temporal.toml');
    writeFileSync(
      file,
      `[profile.cluster]
address = "${proxy.address}"
api_key = "${API_KEY}"
[profile.cluster.tls]
server_name = "temporal.test"
server_ca_cert_path = "${certificates.authority}"
client_cert_path = "${certificates.client.certificate}"
client_key_path = "${certificates.client.key}"
`,
    );
    await assertServes({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'cluster' });
  });

  test('refuses a caller without a certificate', async () => {
    const { TEMPORAL_TLS_CLIENT_CERT_PATH: _, TEMPORAL_TLS_CLIENT_KEY_PATH: __, ...bare } = environment;
    await assertRefused(bare);
  });

  test('refuses another API key', async () => {
    await assertRefused({ ...environment, TEMPORAL_API_KEY: 'another' });
    assert.ok(proxy.refused() >= 2, `refused ${proxy.refused()} calls`);
  });

  test('is refused when the server’s certificate is for another name', async () => {
    await assertRefused({ ...environment, TEMPORAL_TLS_SERVER_NAME: 'other.test' });
  });
});

test('a certificate file or profile that is not there is named', () => {
  const environment = { TEMPORAL_CONFIG_FILE: '', TEMPORAL_ADDRESS: '127.0.0.1:1' };
  assert.throws(
    () => configuredTarget({ ...environment, TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere/ca.pem' }),
    (error: unknown) => error instanceof ConnectionSettingsError && /\/nowhere\/ca\.pem/.test(error.message),
  );
  assert.throws(
    () => configuredTarget({ TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', TEMPORAL_PROFILE: 'absent' }),
    ConnectionSettingsError,
  );
});

test('switching the verification of the server off is refused', () => {
  assert.throws(
    () => configuredTarget({ TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }),
    ConnectionSettingsError,
  );
});

test('workers of the embedded server get nothing that is meant for another one', () => {
  const environment = embeddedEnvironment(
    { PATH: '/bin', TEMPORAL_NAMESPACE: 'other', TEMPORAL_API_KEY: 'secret' },
    '127.0.0.1:7233',
  );
  assert.deepEqual(Object.keys(environment).sort(), ['PATH', 'TEMPORAL_ADDRESS', 'TEMPORAL_CONFIG_FILE']);
  const { connectionOptions, namespace } = configuredTarget(environment);
  assert.equal(namespace, 'default');
  assert.equal(connectionOptions.apiKey, undefined);
  assert.equal(connectionOptions.tls, undefined);
});
