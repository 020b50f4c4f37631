import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { parseArtifactLocation } from '../../artifacts/artifact-location.ts';
import { toHome } from '../../artifacts/home.ts';
import { findStoreIds } from '../../artifacts/store-id.ts';
import { findProcesses, runAssay, type AssayProcess } from '../support/assay-process.ts';
import { createCleanups } from '../support/cleanups.ts';
import { createNetwork, whyNoHosts, type NetworkHost } from '../support/network-hosts.ts';
import { findObjectServer, startObjectServer } from '../support/object-server.ts';
import { startSharedServer } from '../support/shared-server.ts';
import { assertSameResults, createTemporaryDirectory } from '../support/small-matrix.ts';

const matrix = fileURLToPath(new URL('../matrices/two-runs.ts', import.meta.url));
const found = await findObjectServer();
const skip = whyNoHosts() || ('unavailable' in found ? found.unavailable : false);
if (skip !== false) console.log(`skipped: ${skip}`);

const BUCKET = 'assay-several-hosts';
const LIMIT_MS = 400_000;

/** The process id in a worker's identity `pid@host`. */
function pidOf(identity: string | null | undefined): number {
  return Number(String(identity).split('@')[0]);
}

async function listRunIds(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: "WorkflowType = 'runWorkflow'" })) {
    ids.push(workflowId);
  }
  return ids;
}

/** An update that a worker has just begun: its run, and the process that computes it. */
async function findRunningUpdate(client: Client): Promise<{ workflowId: string; pid: number } | null> {
  for (const workflowId of await listRunIds(client)) {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    const update = raw.pendingActivities?.find(
      ({ activityType, lastStartedTime }) => activityType?.name === 'update' && lastStartedTime,
    );
    if (update?.lastWorkerIdentity) return { workflowId, pid: pidOf(update.lastWorkerIdentity) };
  }
  return null;
}

/** Samples and updates of a run in order, with the process that completed each. */
async function listCompleted(client: Client, workflowId: string): Promise<{ type: string; pid: number }[]> {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const completed = event.activityTaskCompletedEventAttributes;
    const scheduled = events?.find((other) => String(other.eventId) === String(completed?.scheduledEventId));
    const type = scheduled?.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
    return completed && ['sample', 'update'].includes(type) ? [{ type, pid: pidOf(completed.identity) }] : [];
  });
}

interface TrainHost {
  readonly host: NetworkHost;
  readonly process: AssayProcess;
}

function hostOf(pid: number, workers: readonly TrainHost[]): NetworkHost {
  const worker = workers.find(({ process }) => process.child.pid === pid);
  assert.ok(worker, `no host runs process ${pid}`);
  return worker.host;
}

/** Cuts off the host that computes the first update it finds; once more when that update ended just before. */
async function cutInUpdate(
  client: Client,
  workers: readonly TrainHost[],
  check: () => void,
): Promise<{ workflowId: string; pid: number; host: NetworkHost }> {
  for (;;) {
    check();
    // The runs are not there yet, or the server is busy.
    const update = await findRunningUpdate(client).catch(() => null);
    if (update === null) continue;
    const host = hostOf(update.pid, workers);
    host.cut();
    const still = await findRunningUpdate(client);
    if (still?.workflowId === update.workflowId && still.pid === update.pid) return { ...update, host };
    host.mend();
  }
}

test(
  'a run whose host is cut off in mid-update goes on elsewhere, and the rows are those of one host left alone',
  { skip },
  async (t) => {
    assert.ok('program' in found);
    const cleanups = createCleanups(t);
    const directory = createTemporaryDirectory(t, 'assay-hosts-');
    const network = createNetwork(directory, ['head', 'a', 'b']);
    cleanups.push(() => network.remove());
    const objects = await startObjectServer({
      program: found.program,
      directory,
      host: network.address,
      bucket: BUCKET,
    });
    cleanups.push(() => objects.stop());
    const { client, address, stop } = await startSharedServer(directory, network.address);
    cleanups.push(stop);

    const environment = {
      ...objects.environment,
      TEMPORAL_ADDRESS: address,
      ASSAY_CACHE: defaultCacheDirectory(),
      ASSAY_ARTIFACTS: `s3://${BUCKET}/two-runs`,
    };
    const location = parseArtifactLocation(environment.ASSAY_ARTIFACTS, toHome(directory));
    const [head, ...trainers] = network.hosts;
    const launched = head!.start(['run', matrix, '--train-workers', '0'], environment);
    const deadline = Date.now() + LIMIT_MS;
    Object.assign(process.env, objects.environment);
    // The other hosts have no database: they find the store by what it has in the bucket.
    while ((await findStoreIds(location)).length === 0) {
      assert.ok(Date.now() < deadline, `nothing is in the bucket:\n${launched.output().stderr}`);
      await sleep(500);
    }
    const workers = trainers.map((host) => ({
      host,
      process: host.start(['worker', '--role', 'train'], environment),
    }));

    const cutOff = await cutInUpdate(client, workers, () => {
      assert.equal(launched.child.exitCode, null, launched.output().stderr);
      assert.ok(Date.now() < deadline, `no update began:\n${launched.output().stderr}`);
    });
    const cutAt = performance.now();
    const { length: before } = await listCompleted(client, cutOff.workflowId);
    let completed = await listCompleted(client, cutOff.workflowId);
    while (completed.length <= before) {
      assert.ok(Date.now() < deadline, `the run did not go on:\n${launched.output().stderr}`);
      await sleep(500);
      completed = await listCompleted(client, cutOff.workflowId);
    }
    const movedSeconds = (performance.now() - cutAt) / 1000;
    const { pid: nextPid, type } = completed[before]!;
    assert.equal(type, 'update');
    assert.notEqual(nextPid, cutOff.pid, 'the cut host could not commit the update');
    console.log(
      `host ${cutOff.host.name} cut off in mid-update; the update was repeated on host ${hostOf(nextPid, workers).name} after ${movedSeconds.toFixed(1)} s`,
    );
    cutOff.host.mend();

    assert.equal(await launched.exit, 0, launched.output().stderr);
    let stayed = 0;
    let pairs = 0;
    for (const workflowId of await listRunIds(client)) {
      const stages = await listCompleted(client, workflowId);
      for (const [i, { pid }] of stages.slice(1).entries()) {
        pairs += 1;
        if (pid === stages[i]!.pid) stayed += 1;
      }
    }
    console.log(`samples and updates on the worker of the one before them: ${stayed} of ${pairs}`);
    for (const { process } of workers) process.child.kill('SIGTERM');
    await Promise.all(workers.map(({ process }) => process.exit));
    assert.deepEqual(findProcesses('--role', network.home), [], 'no worker outlives its host');

    const alone = createTemporaryDirectory(t, 'assay-alone-');
    const undisturbed = await runAssay(['run', matrix, '--home', alone, '--train-workers', '1']);
    assert.equal(undisturbed.code, 0, undisturbed.stderr);
    assertSameResults(head!.directory, alone);
  },
);
