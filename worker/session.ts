import type { Client } from '@temporalio/client';
import { availableParallelism } from 'node:os';
import type { BackendChoice } from '../model/backend.ts';
import { acquireEmbeddedServer, type EmbeddedServer } from './embedded-server.ts';
import type { Home } from './home.ts';
import { startWorkerFleet, type WorkerFleet } from './supervisor.ts';
import {
  configuredTarget,
  connectClient,
  embeddedTarget,
  hasConfiguredServer,
  type TemporalTarget,
} from './temporal-connection.ts';

export interface SessionSettings {
  readonly home: Home;
  readonly backend: BackendChoice;
  /** Train worker processes, one slot each. */
  readonly trainWorkers: number;
  /** Threads inside one tfjs operation. */
  readonly threads: number;
  /** The Temporal program, asked for only when no server is configured. */
  readonly findServerProgram: () => Promise<string>;
}

/** A server, workers and a client for the length of one command. */
export interface Session {
  readonly client: Client;
  readonly fleet: WorkerFleet;
  readonly address: string;
  /** Drains the workers, then leaves the server; everything under way stays resumable. */
  close(): Promise<void>;
}

/** One train worker per core: small operations do not scale over threads. */
export function defaultTrainWorkers(): number {
  return availableParallelism();
}

/** How often a dead server is noticed and started again. */
const REVIVE_INTERVAL_MS = 1000;

function keepAlive(server: EmbeddedServer): () => void {
  let isReviving = false;
  const timer = setInterval(() => {
    if (isReviving) return;
    isReviving = true;
    server
      .revive()
      .catch((error: unknown) => console.error(`assay: ${(error as Error).message}`))
      .finally(() => (isReviving = false));
  }, REVIVE_INTERVAL_MS);
  return () => clearInterval(timer);
}

/** The server this command talks to: the configured one, or the home's embedded one. */
export async function openServer(
  home: Home,
  findProgram: () => Promise<string>,
): Promise<{ target: TemporalTarget; server: EmbeddedServer | null }> {
  if (hasConfiguredServer(process.env)) return { target: configuredTarget(), server: null };
  const server = await acquireEmbeddedServer(home, await findProgram());
  return { target: embeddedTarget(server.address), server };
}

/** Starts (or joins) the server, starts the workers, connects a client. */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const { target, server } = await openServer(settings.home, settings.findServerProgram);
  const client = await connectClient(target);
  const environment = server === null ? process.env : { ...process.env, TEMPORAL_ADDRESS: server.address };
  const fleet = startWorkerFleet({ ...settings, environment });
  const stopWatching = server === null ? () => undefined : keepAlive(server);
  return {
    client,
    fleet,
    address: target.connectionOptions.address ?? 'default address',
    close: async () => {
      stopWatching();
      // The client stays open: calls that are being retried would throw, and the process ends with its command.
      await fleet.stop();
      await server?.release();
    },
  };
}
