import { Client, Connection } from '@temporalio/client';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openReadonlyDatabase, readStoreId } from '../db/store/connection.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { temporalNames, type TemporalNames } from '../config/plan.ts';
import { acquireEmbeddedServer } from '../worker/server/embedded-server.ts';
import { toHome, type Home } from '../artifacts/home.ts';
import { provideTemporalServer } from '../setup/temporal-server.ts';

/*
 * A matrix of four runs (2 losses × 2 seeds, 10 steps of 64 rollouts of 48 tokens) through the real `assay run` with two train workers,
 * and where its time went, from the Temporal server's own histories:
 *   node --import tsx bench/matrix.ts
 * prints one JSON line; times in seconds, shares from 0 to 1. With `--problems 200 --samples 64` each run ends with an evaluation
 * of that size, and `evaluation_*` compares it with sampling in training: tokens per second of a train slot.
 */

const { values: flags } = parseArgs({
  options: {
    problems: { type: 'string', default: '1' },
    samples: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '2' },
    steps: { type: 'string', default: '10' },
  },
});

const program = fileURLToPath(new URL('../cli/assay.mjs', import.meta.url));
const TRAIN_WORKERS = 2;
const STEPS = Number(flags.steps);
const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Random prompts of 16 characters with answers longer than a completion may be, so that the base hardly ever ends one. */
function createRows() {
  const generator = createGenerator(deriveStream(0, 'bench/rows'), 0);
  const text = (length: number): string =>
    Array.from({ length }, () => CHARACTERS[generator.integer(CHARACTERS.length)]).join('');
  return Array.from({ length: 400 }, () => ({ question: text(16), answer: text(100), metadata: {} }));
}

/** A random reward gives every group a gradient, whatever the policy says; the reward's own cost is not what is measured. */
function declareMatrix() {
  const rewards = [{ name: 'random' }];
  return {
    name: 'bench',
    question: 'How fast is a matrix?',
    baseline: 'grpo',
    task: { family: 'jsonl', rows: createRows() },
    base: {
      architecture: {
        hiddenSize: 128,
        layers: 4,
        heads: 4,
        keyValueHeads: 4,
        feedForwardSize: 352,
        ropeTheta: 10000,
        isTied: false,
        initializerRange: 0.02,
      },
      sources: [{ name: 'solutions', options: { formats: { answer: 1 } } }],
      stages: [],
      steps: 1,
      documentsPerStep: 32,
      optimizer: { learningRate: 4e-3, schedule: 'constant', warmupSteps: 0 },
    },
    controls: [],
    conditions: {
      grpo: { scheme: { name: 'grpo', rewards } },
      'token-mean': { scheme: { name: 'grpo', rewards, aggregation: 'dapo' } },
    },
    training: {
      steps: STEPS,
      promptsPerStep: 8,
      groupSize: 8,
      maxNewTokens: 48,
      microBatch: 32,
      optimizer: { learningRate: 1e-3 },
    },
    evaluation: {
      splits: { clean: Number(flags.problems) },
      samplesPerProblem: Number(flags.samples),
      every: 0,
      devProblems: 1,
      devSamples: 1,
    },
    seeds: Number(flags.seeds),
  };
}

/** What a process of the matrix used so far. */
interface Usage {
  readonly part: string;
  readonly peakRssMib: number;
  /** Processor seconds of user and system together. */
  readonly cpuS: number;
}

/** Which part of the program a command line is. */
function partOf(commandLine: string): string {
  if (commandLine.includes('start-dev')) return 'server';
  return /--role\0(\w+)/.exec(commandLine)?.[1] ?? 'command';
}

const TICKS_PER_S = 100;

/** Reads every process that names `home`, by process id, while they live. */
function noteUsage(home: string, usages: Map<number, Usage>): void {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (!commandLine.includes(home)) continue;
      const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ');
      const cpuS = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
      if (peak !== undefined)
        usages.set(Number(name), { part: partOf(commandLine), peakRssMib: Number(peak) / 1024, cpuS });
    } catch {
      // It ended between the listing and the reading.
    }
  }
}

/** `cpu_PART_s`: processor seconds from the process's start, all processes of a part together; the last tenth of a second may be missing. */
function sumUsages(usages: readonly Usage[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { part, cpuS } of usages) sums[`cpu_${part}_s`] = (sums[`cpu_${part}_s`] ?? 0) + cpuS;
  return { ...sums, peak_rss_mib: usages.reduce((sum, { peakRssMib }) => sum + peakRssMib, 0) };
}

async function runMatrix(home: Home): Promise<Record<string, number>> {
  const file = join(home.directory, 'bench.json');
  writeFileSync(file, JSON.stringify(declareMatrix()));
  const begin = performance.now();
  const options = ['--home', home.directory, '--train-workers', String(TRAIN_WORKERS), '--threads', '1'];
  const child = spawn(process.execPath, [program, 'run', file, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
  });
  let talk = '';
  child.stderr.on('data', (chunk: Buffer) => (talk += chunk.toString()));
  const usages = new Map<number, Usage>();
  const timer = setInterval(() => noteUsage(home.directory, usages), 100);
  const code = await new Promise<number | null>((done) => child.once('close', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`assay run ended with ${code}; its last lines:\n${talk.slice(-3000)}`);
  return { wall_s: (performance.now() - begin) / 1000, ...sumUsages([...usages.values()]) };
}

/** One activity's execution; Unix time in seconds. */
interface Execution {
  readonly activity: string;
  readonly worker: string;
  readonly scheduled: number;
  readonly started: number;
  readonly ended: number;
  /** Sampled tokens, of activities that say so. */
  readonly tokens: number;
}

interface Timestamp {
  readonly seconds?: { toNumber(): number } | null;
  readonly nanos?: number | null;
}

function toSeconds(time: Timestamp | null | undefined): number {
  return (time?.seconds?.toNumber() ?? 0) + (time?.nanos ?? 0) / 1e9;
}

function readTokens(result: { readonly data?: Uint8Array | null } | undefined): number {
  if (!result?.data || result.data.length === 0) return 0;
  const value = JSON.parse(Buffer.from(result.data).toString('utf8')) as { tokens?: number } | null;
  return value?.tokens ?? 0;
}

async function listExecutions(client: Client, workflowId: string): Promise<Execution[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const started = new Map<string, { at: number; worker: string }>();
  const scheduled = new Map<string, { activity: string; at: number }>();
  const executions: Execution[] = [];
  for (const event of events ?? []) {
    const at = toSeconds(event.eventTime);
    const order = event.activityTaskScheduledEventAttributes;
    if (order) {
      scheduled.set(String(event.eventId), { activity: order.activityType?.name ?? '', at });
    }
    const start = event.activityTaskStartedEventAttributes;
    if (start) started.set(String(start.scheduledEventId), { at, worker: start.identity ?? '' });
    const end = event.activityTaskCompletedEventAttributes;
    if (end) {
      const key = String(end.scheduledEventId);
      const order = scheduled.get(key)!;
      const { worker, at: begun } = started.get(key)!;
      const tokens = readTokens(end.result?.payloads?.[0]);
      const { activity } = order;
      executions.push({ activity, worker, scheduled: order.at, started: begun, ended: at, tokens });
    }
  }
  return executions;
}

function sumOf(executions: readonly Execution[]): number {
  return executions.reduce((sum, { started, ended }) => sum + ended - started, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Seconds in which slots were at something: an execution that waited for its worker's turn counts from the end of the one before. */
function busySeconds(executions: readonly Execution[]): number {
  const endOf = new Map<string, number>();
  let busy = 0;
  for (const { worker, started, ended } of [...executions].sort((a, b) => a.ended - b.ended)) {
    busy += Math.max(0, ended - Math.max(started, endOf.get(worker) ?? 0));
    endOf.set(worker, ended);
  }
  return busy;
}

/** A committed stage of the store's worker, as its audit row says. */
interface Stage {
  readonly name: string;
  readonly seconds: number;
}

/** Where the time of the runs went: training steps of all runs, evaluations and base model left out. */
function summarize(runs: readonly (readonly Execution[])[], stages: readonly Stage[]) {
  const trained = runs.flat().filter(({ activity }) => activity === 'sample' || activity === 'update');
  const span =
    Math.max(...trained.map(({ ended }) => ended)) - Math.min(...trained.map(({ started }) => started));
  const each = (activity: string): number =>
    mean(trained.filter((e) => e.activity === activity).map((e) => e.ended - e.started));
  const stored = Object.fromEntries(
    ['verify', 'shape', 'record'].map((name) => [
      `${name}_s`,
      mean(stages.filter((stage) => stage.name === name).map(({ seconds }) => seconds)),
    ]),
  );
  const storedSeconds = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  const busy = busySeconds(trained);
  return {
    training_wall_s: span,
    slots_busy: busy / (TRAIN_WORKERS * span),
    storage_share: storedSeconds / (storedSeconds + busy),
    queue_mean_s: mean(trained.map(({ scheduled, started }) => started - scheduled)),
    sample_s: each('sample'),
    update_s: each('update'),
    ...stored,
  };
}

/** Sampling of the final evaluation beside sampling in training, per train slot; recording is what the store's slot took. */
function compareEvaluation(
  trained: readonly Execution[],
  evaluated: readonly Execution[],
): Record<string, number> {
  const named = (executions: readonly Execution[], name: string): Execution[] =>
    executions.filter(({ activity }) => activity === name);
  const rate = (executions: readonly Execution[]): number =>
    executions.reduce((sum, { tokens }) => sum + tokens, 0) / sumOf(executions);
  const inTraining = rate(named(trained, 'sample'));
  const inEvaluation = rate(named(evaluated, 'sampleEvaluation'));
  return {
    sample_tok_per_s: inTraining,
    evaluation_sample_tok_per_s: inEvaluation,
    evaluation_to_sample: inEvaluation / inTraining,
    evaluation_record_s: sumOf(named(evaluated, 'recordEvaluation')),
    evaluation_sample_s: sumOf(named(evaluated, 'sampleEvaluation')),
  };
}

function readStore(home: Home) {
  const db = openReadonlyDatabase(home.database);
  const storeId = readStoreId(db);
  const { $client } = db;
  const one = (sql: string): number => ($client.prepare(sql).pluck().get() as number | null) ?? 0;
  const runIds = $client.prepare('select id from runs').pluck().all() as string[];
  const tokens = one("select sum(token_count) from rollouts where phase = 'train'");
  const rollouts = one("select count(*) from rollouts where phase = 'train'");
  const stages = $client
    .prepare(
      `select substr(stage, 1, instr(stage || '/', '/') - 1) as name,
         (julianday(finished_at) - julianday(started_at)) * 86400 as seconds
       from attempts where stage = 'record' or stage glob 'verify/*' or stage glob 'judge/*' or stage glob 'shape/*'`,
    )
    .all() as Stage[];
  $client.close();
  return { storeId, runIds, tokens, rollouts, stages };
}

interface Histories {
  readonly runs: readonly (readonly Execution[])[];
  readonly finalEvaluations: readonly (readonly Execution[])[];
}

async function readHistories(
  home: Home,
  names: TemporalNames,
  runIds: readonly string[],
): Promise<Histories> {
  const executable = await provideTemporalServer({
    cacheDirectory: defaultCacheDirectory(),
    report: console.error,
  });
  const server = await acquireEmbeddedServer(home, executable);
  try {
    const connection = await Connection.connect({ address: server.address });
    const client = new Client({ connection });
    const read = async (ids: readonly string[]): Promise<Execution[][]> => {
      const histories = [];
      for (const id of ids) histories.push(await listExecutions(client, id));
      return histories;
    };
    const histories = {
      runs: await read(runIds.map(names.runId)),
      finalEvaluations: await read(runIds.map((id) => names.evaluationId(id, STEPS))),
    };
    await connection.close();
    return histories;
  } finally {
    await server.release();
  }
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const home = toHome(directory);
  try {
    const usage = await runMatrix(home);
    const { storeId, runIds, tokens, rollouts, stages } = readStore(home);
    const { runs, finalEvaluations } = await readHistories(home, temporalNames(storeId), runIds);
    console.log(
      JSON.stringify({
        runs: runIds.length,
        rollouts,
        tokens,
        ...usage,
        ...summarize(runs, stages),
        ...compareEvaluation(runs.flat(), finalEvaluations.flat()),
      }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
