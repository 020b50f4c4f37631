import type { Client } from '@temporalio/client';
import { availableParallelism } from 'node:os';
import type { BackendChoice } from '../model/backend.ts';
import { checkOwner } from '../activities/artifact-owner.ts';
import { parseArtifactLocation } from './artifact-location.ts';
import { acquireEmbeddedServer, type EmbeddedServer } from './embedded-server.ts';
import type { Home } from './home.ts';
import { provideStoreId } from './store-id.ts';
import { startWorkerFleet } from './supervisor.ts';
import {
  configuredTarget,
  connectClient,
  embeddedEnvironment,
  embeddedTarget,
  hasConfiguredServer,
  type TemporalTarget,
} from './temporal-connection.ts';

export interface SessionSettings {
  readonly home: Home;
  /** As `--artifacts` names them; undefined: within the home. */
  readonly artifacts: string | undefined;
  readonly backend: BackendChoice;
  /** Train worker processes, one slot each; 0: other hosts train. */
  readonly trainWorkers: number;
  /** Threads inside one tfjs operation. */
  readonly threads: number;
  /** The Temporal program, asked for only when no server is configured. */
  readonly findServerProgram: () => Promise<string>;
}

/** A server, workers and a client for the length of one command. */
export interface Session {
  readonly client: Client;
  /** Rejects when workers or server cannot be kept running; otherwise pending. */
  readonly failure: Promise<never>;
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

const MAX_FAILED_REVIVALS = 3;

/** Starts a dead server again; rejects `failure` when that fails again and again. */
function keepAlive(server: EmbeddedServer): { readonly failure: Promise<never>; stop(): void } {
  let isReviving = false;
  let failed = 0;
  let fail: (error: unknown) => void;
  const failure = new Promise<never>((_, reject) => (fail = reject));
  failure.catch(() => undefined);
  const timer = setInterval(() => {
    if (isReviving) return;
    isReviving = true;
    server
      .revive()
      .then(() => (failed = 0))
      .catch((error: unknown) => {
        failed += 1;
        if (failed >= MAX_FAILED_REVIVALS) fail(error);
      })
      .finally(() => (isReviving = false));
  }, REVIVE_INTERVAL_MS);
  return { failure, stop: () => clearInterval(timer) };
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
  const location = parseArtifactLocation(settings.artifacts, settings.home);
  // Refused here rather than by every worker.
  if (location.kind === 'directory') await checkOwner(location.directory, provideStoreId(settings.home));
  const { target, server } = await openServer(settings.home, settings.findServerProgram);
  const client = await connectClient(target);
  const environment = server === null ? process.env : embeddedEnvironment(process.env, server.address);
  const fleet = startWorkerFleet({ ...settings, environment });
  const watch = server === null ? null : keepAlive(server);
  const failure = Promise.race([fleet.failure, ...(watch === null ? [] : [watch.failure])]);
  // Whoever follows the matrix handles it; until then it must not end the process unhandled.
  failure.catch(() => undefined);
  return {
    client,
    failure,
    address: target.connectionOptions.address ?? 'default address',
    close: async () => {
      watch?.stop();
      // The client stays open: calls that are being retried would throw, and the process ends with its command.
      await fleet.stop();
      await server?.release();
    },
  };
}
