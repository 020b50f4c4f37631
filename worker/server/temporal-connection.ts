import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
import { createDataConverter } from '../payload/data-converter.ts';
import { redactSecrets } from './redact-secrets.ts';

/** Where Temporal is: an address, a namespace, and TLS or an API key when a profile or the environment names them. */
export interface TemporalTarget {
  readonly connectionOptions: ConnectionOptions;
  readonly namespace: string;
}

/** No Temporal server answers at the configured address. */
export class ServerUnreachableError extends Error {
  override readonly name = 'ServerUnreachableError';
}

/** A `TEMPORAL_*` variable or profile cannot be followed: correct it, or the file it names. */
export class ConnectionSettingsError extends Error {
  override readonly name = 'ConnectionSettingsError';
}

/** Whether the user configured a server of their own; otherwise the embedded one is used. */
export function hasConfiguredServer(environment: NodeJS.ProcessEnv): boolean {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_PROFILE: profile, TEMPORAL_CONFIG_FILE: file } = environment;
  return Boolean(address ?? profile) || (file !== undefined && existsSync(file));
}

/**
 * The server that `TEMPORAL_*` variables and profiles name (Temporal's own environment configuration): address, namespace, TLS with
 * client certificate, API key, headers. An empty `TEMPORAL_CONFIG_FILE` means no file, not even the default one.
 *
 * @throws {ConnectionSettingsError}
 */
export function configuredTarget(environment: NodeJS.ProcessEnv = process.env): TemporalTarget {
  const { TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: unverified = 'false' } = environment;
  if (!['false', '0', ''].includes(unverified.toLowerCase())) {
    throw new ConnectionSettingsError(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is set, but a server is always verified here; unset it and name the ' +
        "server's authority in TEMPORAL_TLS_SERVER_CA_CERT_PATH",
    );
  }
  try {
    const overrideEnvVars = definedVariables(environment);
    const disableFile = environment['TEMPORAL_CONFIG_FILE'] === '';
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars, disableFile });
    return { connectionOptions: connectionOptions as ConnectionOptions, namespace: namespace ?? 'default' };
  } catch (error) {
    throw new ConnectionSettingsError(
      `the TEMPORAL_* settings cannot be followed: ${(error as Error).message}; correct the variable or the profile that names it`,
      { cause: error },
    );
  }
}

function definedVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export function embeddedTarget(address: string): TemporalTarget {
  return { connectionOptions: { address }, namespace: 'default' };
}

/** The environment of workers of the embedded server: its address, and nothing that is meant for another server. */
export function embeddedEnvironment(environment: NodeJS.ProcessEnv, address: string): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_'));
  // Without a file, since the default one may name another server.
  return { ...Object.fromEntries(others), TEMPORAL_ADDRESS: address, TEMPORAL_CONFIG_FILE: '' };
}

function toUnreachable(target: TemporalTarget, error: unknown): ServerUnreachableError {
  const { apiKey } = target.connectionOptions;
  // A client library may quote the key it could not send.
  const message = redactSecrets((error as Error).message, {
    ...process.env,
    ...(typeof apiKey === 'string' ? { TEMPORAL_API_KEY: apiKey } : {}),
  });
  return new ServerUnreachableError(
    `no Temporal server answers at ${target.connectionOptions.address ?? 'the default address'}: ${message}. ` +
      'Start it, correct TEMPORAL_ADDRESS (with TLS also TEMPORAL_TLS_* and TEMPORAL_API_KEY), or unset it to use the embedded server',
  );
}

/** @throws {ServerUnreachableError} @throws {PayloadKeySettingError} */
export async function connectClient(target: TemporalTarget): Promise<Client> {
  const dataConverter = createDataConverter(process.env);
  try {
    const connection = await Connection.connect({ ...target.connectionOptions, connectTimeout: '10s' });
    return new Client({ connection, namespace: target.namespace, dataConverter });
  } catch (error) {
    throw toUnreachable(target, error);
  }
}

/**
 * A worker's connection, with the same address, certificates, key and headers as a client's.
 *
 * @param patienceMs how long a server that does not answer yet is waited for
 * @throws {ServerUnreachableError}
 */
export async function connectWorker(target: TemporalTarget, patienceMs = 0): Promise<NativeConnection> {
  const { address, tls, apiKey, metadata } = target.connectionOptions;
  // Loaded by workers only: it takes as long as all else that a command needs.
  const { NativeConnection } = await import('@temporalio/worker');
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await NativeConnection.connect({
        ...(address === undefined ? {} : { address }),
        ...(tls === undefined ? {} : { tls }),
        ...(typeof apiKey === 'string' ? { apiKey } : {}),
        ...(metadata === undefined ? {} : { metadata }),
      });
    } catch (error) {
      if (Date.now() >= deadline) throw toUnreachable(target, error);
      await sleep(100);
    }
  }
}
