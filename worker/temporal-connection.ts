import { existsSync } from 'node:fs';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
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

/** Whether the user configured a server of their own; otherwise the embedded one is used. */
export function hasConfiguredServer(environment: NodeJS.ProcessEnv): boolean {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_PROFILE: profile, TEMPORAL_CONFIG_FILE: file } = environment;
  return Boolean(address ?? profile) || (file !== undefined && existsSync(file));
}

/** The server that `TEMPORAL_*` variables and profiles name (Temporal's own environment configuration). */
export function configuredTarget(): TemporalTarget {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return { connectionOptions: connectionOptions as ConnectionOptions, namespace: namespace ?? 'default' };
}

export function embeddedTarget(address: string): TemporalTarget {
  return { connectionOptions: { address }, namespace: 'default' };
}

/** @throws {ServerUnreachableError} */
export async function connectClient(target: TemporalTarget): Promise<Client> {
  try {
    const connection = await Connection.connect({ ...target.connectionOptions, connectTimeout: '10s' });
    return new Client({ connection, namespace: target.namespace });
  } catch (error) {
    // A client library may quote the key it could not send.
    const message = redactSecrets((error as Error).message, {
      ...process.env,
      ...(typeof target.connectionOptions.apiKey === 'string'
        ? { TEMPORAL_API_KEY: target.connectionOptions.apiKey }
        : {}),
    });
    throw new ServerUnreachableError(
      `no Temporal server answers at ${target.connectionOptions.address ?? 'the default address'}: ${message}. ` +
        'Start it, correct TEMPORAL_ADDRESS, or unset it to use the embedded server',
    );
  }
}
