import type { Client } from '@temporalio/client';
import type { BackendChoice } from '../model/backends/backend.ts';
import { checkOwner } from '../artifacts/artifact-owner.ts';
import { parseArtifactLocation, prepareLocation } from '../artifacts/artifact-location.ts';
import { acquireEmbeddedServer, type EmbeddedServer } from './server/embedded-server.ts';
import type { Home } from '../artifacts/home.ts';
import { ensureSearchAttributes } from './server/search-attributes.ts';
import { startWorkerFleet, type MetricsAddress, type WorkerFleet } from './supervisor.ts';
import {
  configuredTarget,
  connectClient,
  embeddedEnvironment,
  embeddedTarget,
  hasConfiguredServer,
  type TemporalTarget,
} from './server/temporal-connection.ts';

export interface SessionSettings {
  readonly home: Home;
  readonly storeId: string;
  /** As `--artifacts` names them; undefined: within the home. */
  readonly artifacts: string | undefined;
  readonly backend: BackendChoice;
  /** Train worker processes, one slot each; 0: other hosts train. */
  readonly trainWorkers: number;
  /** Threads inside one tfjs operation. */
  readonly threads: number;
  /** Where the store worker serves metrics, and the train workers on the ports that follow. */
  readonly metrics?: MetricsAddress | undefined;
  /** The Temporal program, asked for only when no server is configured. */
  readonly findServerProgram: () => Promise<string>;
}

/** A server, workers and a client for the length of one command. */
export interface Session {
  readonly client: Client;
  /** Rejects when workers or server cannot be kept running; otherwise pending. */
  readonly failure: Promise<never>;
  readonly address: string;
  /** The server knows `searchAttributes`: workflows may be started with them. */
  readonly isSearchable: boolean;
  /** Drains the workers, then leaves the server; everything under way stays resumable. */
  close(): Promise<void>;
}

/** How often a dead server is noticed and started again. */
const REVIVE_INTERVAL_MS = 1000;

const MAX_FAILED_REVIVALS = 3;

/**
 * Starts a dead server again; rejects `failure` when that fails again and again. What died may have lost its last moments, so the
 * store's worker, which remembers histories, begins anew as well: otherwise it would go on with a past that the server does not know.
 */
function keepAlive(
  server: EmbeddedServer,
  fleet: WorkerFleet,
): { readonly failure: Promise<never>; stop(): void } {
  let isReviving = false;
  let failed = 0;
  let fail: (error: unknown) => void;
  const failure = new Promise<never>((_, reject) => (fail = reject));
  failure.catch(() => undefined);
  const timer = setInterval(() => {
    if (isReviving) return;
    isReviving = true;
    server
      .revive(() => fleet.replaceStoreWorker())
      .then(() => (failed = 0))
      .catch((error: unknown) => {
        failed += 1;
        if (failed >= MAX_FAILED_REVIVALS) fail(error);
      })
      .finally(() => (isReviving = false));
  }, REVIVE_INTERVAL_MS);
  return { failure, stop: () => clearInterval(timer) };
}

/**
 * The server this command talks to: the configured one, or the home's embedded one.
 *
 * @param onAddress told where the embedded one will answer, before it does
 */
export async function openServer(
  home: Home,
  findProgram: () => Promise<string>,
  onAddress: (address: string) => void = () => undefined,
): Promise<{ target: TemporalTarget; server: EmbeddedServer | null }> {
  if (hasConfiguredServer(process.env)) return { target: configuredTarget(), server: null };
  const server = await acquireEmbeddedServer(home, await findProgram(), onAddress);
  return { target: embeddedTarget(server.address), server };
}

interface Opened {
  readonly client: Client;
  readonly isSearchable: boolean;
  readonly address: string;
  readonly server: EmbeddedServer | null;
  readonly fleet: WorkerFleet;
}

/** Starts server and workers at the same time; what has started is stopped when the rest fails. */
async function openAll(settings: SessionSettings): Promise<Opened> {
  const fleets: WorkerFleet[] = [];
  const startFleet = (environment: NodeJS.ProcessEnv): void => {
    fleets.push(startWorkerFleet({ ...settings, environment }));
  };
  let server: EmbeddedServer | null = null;
  try {
    const opened = await openServer(settings.home, settings.findServerProgram, (address) =>
      startFleet(embeddedEnvironment(process.env, address)),
    );
    server = opened.server;
    const client = await connectClient(opened.target);
    if (server === null) startFleet(process.env);
    const isSearchable = await ensureSearchAttributes(client);
    const address = opened.target.connectionOptions.address ?? 'default address';
    return { client, isSearchable, address, server, fleet: fleets[0]! };
  } catch (error) {
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    await server?.release();
    throw error;
  }
}

/** Starts (or joins) the server, starts the workers, connects a client. */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const location = parseArtifactLocation(settings.artifacts, settings.home);
  // Refused here rather than by every worker.
  prepareLocation(location);
  if (location.kind === 'directory') await checkOwner(location.directory, settings.storeId);
  const { client, isSearchable, address, server, fleet } = await openAll(settings);
  const watch = server === null ? null : keepAlive(server, fleet);
  const failure = Promise.race([fleet.failure, ...(watch === null ? [] : [watch.failure])]);
  // Whoever follows the matrix handles it; until then it must not end the process unhandled.
  failure.catch(() => undefined);
  return {
    client,
    failure,
    address,
    isSearchable,
    close: async () => {
      watch?.stop();
      // The client stays open: calls that are being retried would throw, and the process ends with its command.
      await fleet.stop();
      await server?.release();
    },
  };
}
