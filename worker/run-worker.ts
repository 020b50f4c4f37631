import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DefaultLogger, Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import type { ArtifactStore } from '../activities/artifact-store.ts';
import { createLivePolicies } from '../activities/live-policies.ts';
import { createPlanReader } from '../activities/run-context.ts';
import { createStoreActivities } from '../activities/store-activities.ts';
import { createTrainActivities } from '../activities/train-activities.ts';
import { createTurns, takeTurns } from '../activities/turns.ts';
import { openDatabase } from '../db/connection.ts';
import { selectBackend, type BackendChoice } from '../model/backend.ts';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import { taskQueues } from '../spec/plan.ts';
import { openArtifactStore, type ArtifactLocation } from './artifact-location.ts';
import { createDataConverter } from './data-converter.ts';
import type { Home } from './home.ts';
import { collectProvenance } from './provenance.ts';
import { connectWorker, type TemporalTarget } from './temporal-connection.ts';
import { prepareWorkflowBundle } from './workflow-bundle.ts';

/** What one worker process serves: the store's own queues, or one train slot. */
export type WorkerRole = 'store' | 'train';

export interface WorkerSettings {
  readonly role: WorkerRole;
  readonly home: Home;
  readonly artifacts: ArtifactLocation;
  /** Whose artifacts it reads and writes. */
  readonly storeId: string;
  readonly target: TemporalTarget;
  readonly backend: BackendChoice;
  /** Threads inside one tfjs operation. */
  readonly threads: number;
}

/** Live policies per train worker: one per run under way and the base they share. */
const LIVE_POLICIES = 8;

/** How long a run waits for the worker that holds its policy before any other may fetch it. */
const WARM_PATIENCE_MS = 1000;

/** A stopping worker lets its activities run to their next pause; they are repeated elsewhere. */
const SHUTDOWN_GRACE = '2s';

/** A cancellation reaches an activity with the answer to a heartbeat. */
const HEARTBEAT_INTERVAL = '2s';

function openArtifacts({ artifacts, home, storeId }: WorkerSettings): Promise<ArtifactStore> {
  return openArtifactStore(artifacts, { cacheDirectory: home.copies, storeId });
}

async function storeWorkers(settings: WorkerSettings, connection: NativeConnection): Promise<Worker[]> {
  const artifacts = await openArtifacts(settings);
  const activities = createStoreActivities({
    db: openDatabase(settings.home.database),
    artifacts,
    plans: createPlanReader(artifacts),
    policiesDirectory: settings.home.policies,
  });
  const dataConverter = createDataConverter(process.env);
  const shared = {
    connection,
    namespace: settings.target.namespace,
    dataConverter,
    shutdownGraceTime: SHUTDOWN_GRACE,
    maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL,
  } as const;
  const codePath = await prepareWorkflowBundle(settings.home.server, dataConverter);
  return [
    await Worker.create({ ...shared, taskQueue: taskQueues.orchestration, workflowBundle: { codePath } }),
    await Worker.create({
      ...shared,
      taskQueue: taskQueues.cpu,
      activities,
      maxConcurrentActivityTaskExecutions: 4,
    }),
  ];
}

async function trainWorkers(settings: WorkerSettings, connection: NativeConnection): Promise<Worker[]> {
  const backend = await selectBackend({
    backend: settings.backend,
    cacheDirectory: defaultCacheDirectory(),
    threads: settings.threads,
  });
  const artifacts = await openArtifacts(settings);
  // What a move costs is a download; where all hosts share a folder it is not worth waiting for a worker.
  const workerQueue =
    settings.artifacts.kind === 'objects' ? `${taskQueues.train}/${hostname()}/${randomUUID()}` : null;
  const activities = createTrainActivities({
    artifacts,
    plans: createPlanReader(artifacts),
    policies: createLivePolicies(artifacts, LIVE_POLICIES),
    provenance: await collectProvenance(backend),
    workerQueue,
  });
  const options = {
    connection,
    namespace: settings.target.namespace,
    dataConverter: createDataConverter(process.env),
    shutdownGraceTime: SHUTDOWN_GRACE,
    maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL,
    maxConcurrentActivityTaskExecutions: 1,
  } as const;
  const turns = createTurns();
  const serve = (taskQueue: string, patienceMs: number): Promise<Worker> =>
    Worker.create({ ...options, taskQueue, activities: takeTurns(activities, turns, patienceMs) });
  return Promise.all([
    serve(taskQueues.train, Infinity),
    ...(workerQueue === null ? [] : [serve(workerQueue, WARM_PATIENCE_MS)]),
  ]);
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

/** Stops at SIGTERM, and at once when the command that started it is gone, so that no worker is orphaned. */
function stopWith(workers: readonly Worker[]): void {
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.channel) process.on('disconnect', () => process.exit(0));
}

/** Serves until told to stop. Tells a parent process "ready" once it polls. */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const connection = await connectWorker(settings.target);
  const workers = await (settings.role === 'store' ? storeWorkers : trainWorkers)(settings, connection);
  stopWith(workers);
  const eventLoop = watchEventLoop(settings.role);
  process.send?.({ ready: settings.role, namespace: settings.target.namespace });
  try {
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    eventLoop.stop();
    await connection.close();
  }
}
