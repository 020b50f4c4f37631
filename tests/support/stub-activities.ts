import { ApplicationFailure, Context } from '@temporalio/activity';
import type { StoreActivities } from '../../activities/store-activities.ts';
import type { TrainActivities } from '../../activities/train-activities.ts';
import { isDevEvaluationDue, type ArtifactRef, type RunInput } from '../../config/plan.ts';

/** The queue of the one worker that holds every policy. */
export const STUB_WORKER_QUEUE = 'assay/stub/train/worker';

export type StubStatus = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';

/** What the stub store holds of one run. */
export interface StubRun {
  readonly input: RunInput;
  status: StubStatus;
  nextStep: number;
  epoch: number;
  /** Steps after which the dev split was evaluated. */
  readonly devEvaluations: number[];
}

export interface StubFaults {
  /** Runs whose first update is a failure that no retry mends. */
  readonly failingRuns: ReadonlySet<string>;
  readonly failingBases: ReadonlySet<string>;
  /** Runs and base models whose compute waits until it is cancelled. */
  readonly hanging: ReadonlySet<string>;
}

export const noFaults: StubFaults = { failingRuns: new Set(), failingBases: new Set(), hanging: new Set() };

/** A reference of the size that real ones have. */
export function stubArtifact(path: string): ArtifactRef {
  return { path, sha256: 'ab'.repeat(32), bytes: 1_234_567 };
}

const checkpointAt = (runId: string, step: number) => ({
  weights: stubArtifact(`runs/${runId}/checkpoint-${step}/weights-0123456789abcdef.safetensors`),
  trainingState: stubArtifact(`runs/${runId}/checkpoint-${step}/training-state-0123456789abcdef.safetensors`),
});

/** A run's input as `planMatrix` makes it. */
export function stubRunInput(
  runId: string,
  options: Partial<RunInput> & { readonly baseModelId?: string; readonly baseSteps?: number } = {},
): RunInput {
  const { baseModelId = 'b'.repeat(64), baseSteps = 100, ...rest } = options;
  const evaluation = { split: 'clean', problems: 32, samplesPerProblem: 64 } as const;
  return {
    runId,
    conditionId: 'c'.repeat(64),
    plan: stubArtifact(`runs/${runId}/plan-0123456789abcdef.json`),
    base: {
      baseModelId,
      plan: stubArtifact(`bases/${baseModelId.slice(0, 16)}/plan-0123456789abcdef.json`),
      totalSteps: baseSteps,
      chunkSteps: 100,
    },
    kind: 'train',
    steps: 2,
    evaluateEvery: 0,
    probes: [],
    poolEvaluation: { ...evaluation, split: 'pool', problems: 0 },
    devEvaluation: { ...evaluation, split: 'dev' },
    finalEvaluations: [evaluation],
    ...rest,
  };
}

/** The run behind a plan's path. */
function runIdOf(plan: ArtifactRef): string {
  return plan.path.slice('runs/'.length, plan.path.lastIndexOf('/'));
}

/** Store and compute in memory: the workflows' real order of effects over activities that do nothing. */
export class StubMatrix {
  readonly runs = new Map<string, StubRun>();
  readonly bases = new Set<string>();
  /** Names of the activities begun. */
  readonly calls = new Map<string, number>();
  faults: StubFaults = noFaults;
  /** How long an update takes. */
  updateMs = 0;
  /** Most runs between opening and closing at one time. */
  mostUnderWay = 0;
  /** Runs that can be planned only once another one has completed: id → id of that one. */
  readonly waitsFor = new Map<string, string>();
  /** Pieces of model compute under way. */
  computing = 0;

  add(...inputs: readonly RunInput[]): void {
    for (const input of inputs)
      this.runs.set(input.runId, { input, status: 'pending', nextStep: 0, epoch: 0, devEvaluations: [] });
  }

  count(status: StubStatus): number {
    return [...this.runs.values()].filter((run) => run.status === status).length;
  }

  /** The activities of every queue. */
  activities(): StoreActivities & TrainActivities {
    const counted = Object.entries({ ...this.#store(), ...this.#train() }).map(([name, body]) => [
      name,
      (input: never) => {
        this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
        return (body as (input: never) => unknown)(input);
      },
    ]);
    return Object.fromEntries(counted) as StoreActivities & TrainActivities;
  }

  #run(plan: ArtifactRef): StubRun {
    return this.runs.get(runIdOf(plan))!;
  }

  #store(): StoreActivities {
    return {
      planMatrix: async ({ after, limit }) => {
        const page = [...this.runs.values()]
          .filter(({ status }) => status === 'pending' || status === 'running')
          .filter(({ input }) => input.runId > (after ?? ''))
          .sort((a, b) => (a.input.runId < b.input.runId ? -1 : 1))
          .slice(0, limit);
        const last = page.at(-1)?.input.runId ?? null;
        const isReady = ({ input }: StubRun): boolean => {
          const source = this.waitsFor.get(input.runId);
          return source === undefined || this.runs.get(source)!.status === 'completed';
        };
        return {
          runs: page.filter(isReady).map(({ input }) => input),
          orphaned: [],
          waiting: page.filter((run) => !isReady(run)).length,
          after: page.length === limit ? last : null,
        };
      },
      findBaseModel: async ({ baseModelId }) => this.bases.has(baseModelId),
      recordBaseModel: async ({ baseModelId }) => {
        this.bases.add(baseModelId);
      },
      openRun: async ({ plan }) => {
        const runId = runIdOf(plan);
        const run = this.#run(plan);
        run.epoch += 1;
        run.status = 'running';
        this.mostUnderWay = Math.max(this.mostUnderWay, this.count('running'));
        const checkpoint = checkpointAt(runId, run.nextStep);
        const reference = { ...checkpointAt('base', 0), trainingState: null };
        const isDue = run.nextStep > 0 && isDevEvaluationDue(run.nextStep - 1, run.input);
        return {
          epoch: run.epoch,
          needsJudge: false,
          nextStep: run.nextStep,
          checkpoint: run.nextStep === 0 ? reference : checkpoint,
          base: reference,
          start: reference,
          reference,
          syncEvery: 0,
          needsMeasuring: false,
          lacksPool: false,
          lacksDevEvaluation: isDue && !run.devEvaluations.includes(run.nextStep),
        };
      },
      verify: async () => undefined,
      judge: async () => undefined,
      ask: async () => undefined,
      shape: async ({ plan, step }) => ({
        batch: stubArtifact(`runs/${runIdOf(plan)}/step-${step}/shaped-0-0123456789abcdef.safetensors`),
        wantsAnotherRound: false,
      }),
      record: async ({ plan, step }) => {
        const run = this.#run(plan);
        // The cursor: a step that is skipped or done twice stops the run.
        if (step !== run.nextStep)
          throw ApplicationFailure.nonRetryable(`step ${step} recorded where ${run.nextStep} was next`);
        run.nextStep = step + 1;
        return { isSpent: false };
      },
      recordEvaluation: async ({ plan, step, slice }) => {
        if (slice.split === 'dev' && slice.isOfGrid !== true) this.#run(plan).devEvaluations.push(step);
      },
      chooseTemperature: async ({ plan }) => ({
        temperature: this.#run(plan).input.temperatureGrid!.at(-1)!.temperature!,
      }),
      recordProbe: async () => undefined,
      replay: async ({ plan, step }) =>
        stubArtifact(`runs/${runIdOf(plan)}/step-${step}/rollouts-0-0123456789abcdef.safetensors`),
      recordCollected: async ({ plan, step }) => {
        this.#run(plan).nextStep = step + 1;
      },
      collect: async () => undefined,
      closeRun: async ({ runId, status }) => {
        this.runs.get(runId)!.status = status;
      },
      cancelPending: async () => {
        for (const run of this.runs.values())
          if (run.status === 'pending' || run.status === 'running') run.status = 'cancelled';
      },
    };
  }

  async #compute(id: string): Promise<void> {
    this.computing += 1;
    try {
      await this.#computeOnce(id);
    } finally {
      this.computing -= 1;
    }
  }

  async #computeOnce(id: string): Promise<void> {
    if (this.faults.failingRuns.has(id))
      throw ApplicationFailure.nonRetryable('the loss is NaN', 'NonFiniteLossError');
    if (this.faults.hanging.has(id)) {
      const heartbeat = setInterval(() => Context.current().heartbeat(), 100);
      await Context.current().cancelled.finally(() => clearInterval(heartbeat));
    }
    if (this.updateMs > 0) await Context.current().sleep(this.updateMs);
  }

  #train(): TrainActivities {
    const rollouts = (plan: ArtifactRef, name: string) => ({
      rollouts: stubArtifact(`runs/${runIdOf(plan)}/${name}-0123456789abcdef.safetensors`),
      tokens: 4096,
      workerQueue: STUB_WORKER_QUEUE,
    });
    return {
      describeWorker: async () => JSON.stringify({ backend: 'none', versions: {} }),
      sample: async ({ plan, step, round }) => rollouts(plan, `step-${step}/rollouts-${round}`),
      measure: async ({ plan, step }) => rollouts(plan, `step-${step}/measured`),
      sampleEvaluation: async ({ plan, step, slice }) => {
        const id = `evaluation/${runIdOf(plan)}`;
        await this.#compute(id);
        return rollouts(plan, `evaluation-${step}/${slice.split}-${slice.from}`);
      },
      probe: async ({ plan, step, probe }) => ({
        scores: stubArtifact(`runs/${runIdOf(plan)}/probe-${step}/${probe}-0123456789abcdef.json`),
      }),
      update: async ({ plan, step }) => {
        const runId = runIdOf(plan);
        await this.#compute(runId);
        return {
          workerQueue: STUB_WORKER_QUEUE,
          checkpoint: checkpointAt(runId, step + 1),
          tokenWeights: null,
          computedBy: { machine: '{}', revision: null },
          metrics: Object.fromEntries(
            Array.from({ length: 24 }, (_, i) => [`update/metric_${i}`, step / (i + 1)]),
          ),
        };
      },
      pretrain: async ({ baseModelId, toStep }) => {
        if (this.faults.failingBases.has(baseModelId))
          throw ApplicationFailure.nonRetryable('the loss is NaN', 'NonFiniteLossError');
        await this.#compute(baseModelId);
        return { checkpoint: checkpointAt(baseModelId.slice(0, 16), toStep), loss: 1.5, tokens: 65_536 };
      },
    };
  }
}
