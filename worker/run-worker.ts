import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DefaultLogger, Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { createProgramPool } from '../activities/asking/program-pool.ts';
import { createHeldRollouts } from '../activities/step/held-rollouts.ts';
import { createPlanReader } from '../activities/run/run-context.ts';
import { createTurns, takeTurns } from '../activities/turns.ts';
import type { BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { temporalNames } from '../config/plan.ts';
import { endWithActivity } from '../activities/end-with-activity.ts';
import { openArtifactStore, type ArtifactLocation } from '../artifacts/artifact-location.ts';
import { createDataConverter } from './payload/data-converter.ts';
import type { Home } from '../artifacts/home.ts';
import { hashSources } from './sources.ts';
import { connectWorker, type TemporalTarget } from './server/temporal-connection.ts';

/** Nothing can listen at the address of `--metrics`: name another. */
export class MetricsAddressError extends Error {
  override readonly name = 'MetricsAddressError';
}

/** What one worker process serves: the store's own queues, or one train slot. */
export type WorkerRole = 'store' | 'train';

export interface WorkerSettings {
  readonly role: WorkerRole;
  readonly home: Home;
  readonly artifacts: ArtifactLocation;
  /** Whose queues it serves, whose artifacts it reads and writes. */
  readonly storeId: string;
  readonly target: TemporalTarget;
  readonly backend: BackendChoice;
  /** Threads inside one tfjs operation. */
  readonly threads: number;
  /** `HOST:PORT` at which Temporal's metrics are served to a Prometheus scraper; undefined: nowhere. */
  readonly metrics?: string | undefined;
}

/** Live policies per train worker: one per run under way and the base they share. */
const LIVE_POLICIES = 8;

/** How long a run waits for the worker that holds its policy before any other may fetch it. */
const WARM_PATIENCE_MS = 1000;

/** A stopping worker lets its activities run to their next pause; they are repeated elsewhere. */
const SHUTDOWN_GRACE = '2s';

/** A stopping worker whose activities do not reach a pause is cut off; before the command that started it would kill it. */
const SHUTDOWN_FORCE = '10s';

/** How long a run waits for the store worker that knows its history, which may have died, before any other may take it up. */
const STICKY_PATIENCE = '2s';

/** How long the worker of a command waits for the server, which that command starts at the same time. */
const CONNECT_PATIENCE_MS = 30_000;

/** A cancellation reaches an activity with the answer to a heartbeat. */
const HEARTBEAT_INTERVAL = '2s';

async function openArtifacts({ artifacts, home, storeId }: WorkerSettings): Promise<ArtifactStore> {
  return endWithActivity(await openArtifactStore(artifacts, { cacheDirectory: home.copies, storeId }));
}

/**
 * Waits for the server last, so that both start at the same time. Each role loads what it serves: a store computes with no tensors, a
 * train worker opens no database.
 */
async function storeWorkers(
  settings: WorkerSettings,
  connecting: Promise<NativeConnection>,
): Promise<Worker[]> {
  const { createStoreActivities } = await import('../activities/store-activities.ts');
  const { openDatabase } = await import('../db/store/connection.ts');
  const { prepareWorkflowBundle } = await import('./workflow-bundle.ts');
  const artifacts = await openArtifacts(settings);
  const activities = createStoreActivities({
    db: openDatabase(settings.home.database),
    artifacts,
    plans: createPlanReader(artifacts),
    held: createHeldRollouts(),
    programs: createProgramPool(),
    sources: hashSources(),
    policiesDirectory: settings.home.policies,
  });
  const dataConverter = createDataConverter(process.env);
  const codePath = await prepareWorkflowBundle(defaultCacheDirectory(), dataConverter);
  return [
    await Worker.create({
      connection: await connecting,
      namespace: settings.target.namespace,
      dataConverter,
      shutdownGraceTime: SHUTDOWN_GRACE,
      shutdownForceTime: SHUTDOWN_FORCE,
      stickyQueueScheduleToStartTimeout: STICKY_PATIENCE,
      maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL,
      taskQueue: temporalNames(settings.storeId).storeQueue,
      workflowBundle: { codePath },
      activities,
      maxConcurrentActivityTaskExecutions: 4,
    }),
  ];
}

/** As `storeWorkers`, for one train slot. */
async function trainWorkers(
  settings: WorkerSettings,
  connecting: Promise<NativeConnection>,
): Promise<Worker[]> {
  const { createLivePolicies } = await import('../activities/step/live-policies.ts');
  const { createTrainActivities } = await import('../activities/train-activities.ts');
  const { selectBackend } = await import('../model/backends/backend.ts');
  const { collectProvenance } = await import('./provenance.ts');
  const backend = await selectBackend({
    backend: settings.backend,
    cacheDirectory: defaultCacheDirectory(),
    threads: settings.threads,
  });
  const artifacts = await openArtifacts(settings);
  const { trainQueue } = temporalNames(settings.storeId);
  const workerQueue = `${trainQueue}/${hostname()}/${randomUUID()}`;
  const { provenance, computedBy } = await collectProvenance(backend);
  const activities = createTrainActivities({
    artifacts,
    plans: createPlanReader(artifacts),
    policies: createLivePolicies(artifacts, LIVE_POLICIES),
    provenance,
    computedBy,
    workerQueue,
  });
  const options = {
    connection: await connecting,
    namespace: settings.target.namespace,
    dataConverter: createDataConverter(process.env),
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
    maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL,
    maxConcurrentActivityTaskExecutions: 1,
  } as const;
  const turns = createTurns();
  const serve = (taskQueue: string, patienceMs: number): Promise<Worker> =>
    Worker.create({ ...options, taskQueue, activities: takeTurns(activities, turns, patienceMs) });
  return Promise.all([serve(trainQueue, Infinity), serve(workerQueue, WARM_PATIENCE_MS)]);
}

/** Logs how late the event loop ran, since heartbeats depend on it: once a minute, and for what is left when stopped. */
function watchEventLoop(role: WorkerRole): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const log = (): void => {
    const toMs = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(0);
    console.error(
      `${new Date().toISOString()} ${role} event-loop delay ms: p50 ${toMs(delay.percentile(50))} p99 ${toMs(delay.percentile(99))} max ${toMs(delay.max)}`,
    );
    delay.reset();
  };
  const timer = setInterval(log, 60_000).unref();
  return {
    stop: () => {
      clearInterval(timer);
      log();
    },
  };
}

/**
 * Stops the workers at SIGTERM, before there are any by ending at once, since then nothing is under way; and at once when
 * the command that started it is gone, so that no worker is orphaned.
 */
function stopWith(workers: readonly Worker[]): void {
  const stop = (): void => {
    if (workers.length === 0) process.exit(0);
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.channel) process.on('disconnect', () => process.exit(0));
}

function installRuntime(metrics: string | undefined): void {
  const served = metrics === undefined ? {} : { metrics: { prometheus: { bindAddress: metrics } } };
  const shared = { logger: new DefaultLogger('WARN'), shutdownSignals: [] };
  try {
    Runtime.install({ ...shared, telemetryOptions: served });
  } catch (error) {
    if (metrics === undefined) throw error;
    throw new MetricsAddressError(
      `metrics cannot be served at ${metrics}: ${(error as Error).message}; name another address in --metrics`,
    );
  }
}

/** Serves until told to stop. Tells a parent process "ready" once it polls. */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  const workers: Worker[] = [];
  stopWith(workers);
  installRuntime(settings.metrics);
  const connecting = connectWorker(settings.target, process.channel ? CONNECT_PATIENCE_MS : 0);
  // Awaited by what follows; if that fails first, this must not end the process by itself.
  connecting.catch(() => undefined);
  const create = settings.role === 'store' ? storeWorkers : trainWorkers;
  const created = await create(settings, connecting);
  const eventLoop = watchEventLoop(settings.role);
  process.send?.({ ready: settings.role, namespace: settings.target.namespace });
  workers.push(...created);
  try {
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    eventLoop.stop();
    await (await connecting).close();
  }
}
