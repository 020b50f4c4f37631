/** Rows of a made-up experiment for the tests of this folder: known effects, and text that tries to break out of the page. */
import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { runSeed } from '../../random/run-seed.ts';
import type {
  ComparisonInput,
  EvaluationCount,
  LedgerTotal,
  MetricPoint,
  RunRecord,
} from './comparison-input.ts';

const SIMULATED_MACHINE = '{"backend":"native","processor":"AMD EPYC","tensorflow":"2.21.0","tfjs":"4.22.0"}';

/** What each arm does to a problem's chance of success, and to the contaminated ones on top. */
const ARMS = [
  { name: 'base', scheme: 'base', isControl: true, gain: 0, memory: 0.25 },
  { name: 'random-reward', scheme: 'random-reward', isControl: true, gain: 0.01, memory: 0.25 },
  { name: 'grpo', scheme: 'grpo', isControl: false, gain: 0.18, memory: 0.15 },
  { name: 'negative-only', scheme: 'nsr', isControl: false, gain: 0.12, memory: 0.18 },
  { name: 'forking-tokens', scheme: 'forking-tokens', isControl: false, gain: 0.2, memory: 0.1 },
] as const;

const HOSTILE = '<script>alert(1)</script> & <img src=x onerror="alert(2)">';

export interface SimulationSize {
  /** Base seeds; one unless told. */
  readonly bases?: number;
  /** RL seeds per base. */
  readonly seeds: number;
  readonly problems: number;
  readonly samples: number;
  readonly steps: number;
  /** Runs of one RL seed draw the same numbers whatever their base: no base then shows what that seed did. False unless told. */
  readonly sharedSeedsOverBases?: boolean;
}

/** A run, and the seed that names its draws; arms of one base and RL seed have the same. */
interface SeededRun extends RunRecord {
  readonly runSeed: number;
}

function evaluate(
  run: SeededRun,
  { split, step, problems, samples }: { split: string; step: number; problems: number; samples: number },
  chance: (difficulty: number) => number,
): EvaluationCount[] {
  const difficulties = createGenerator(deriveStream(7, `difficulty/${split}`));
  const draws = createGenerator(deriveStream(run.runSeed, `${run.condition}/${split}/${step}`));
  return Array.from({ length: problems }, (_, i) => {
    const p = Math.min(0.97, Math.max(0, chance(difficulties.uniform())));
    let c = 0;
    for (let sample = 0; sample < samples; sample += 1) if (draws.uniform() < p) c += 1;
    const long = Math.ceil(c / 2 + samples / 4);
    return {
      runId: run.id,
      split,
      step,
      problemId: `${split}-${String(i).padStart(3, '0')}`,
      n: samples,
      c,
      correctAnswer: '85',
      answers: { '85': c, '75': samples - c },
      formats: {
        scratchpad: { n: long, c: Math.ceil(c / 2) },
        direct: { n: samples - long, c: Math.floor(c / 2) },
      },
      confidences: null,
      tokens: 5 * samples + long,
    };
  });
}

function simulateMetrics(run: RunRecord, gain: number, draws: Generator): MetricPoint[] {
  return Array.from({ length: run.stepsDone }, (_, step) => {
    const progress = 1 - Math.exp(-step / 12);
    const noise = (): number => 0.02 * draws.normal();
    const scratchpad = 0.5 + 1.5 * gain * progress + noise();
    return [
      { name: 'reward/mean', value: (gain > 0.1 ? 0.35 + gain * progress : 0.5) + noise() },
      { name: 'verdict/correct', value: 0.35 + gain * progress + noise() },
      { name: 'rollout/entropy_nats', value: 0.9 - 1.6 * gain * progress + noise() },
      { name: 'format/scratchpad', value: scratchpad },
      { name: 'format/direct', value: 1 - scratchpad },
      { name: 'rollout/length_tokens', value: 21 + 20 * gain * progress + 10 * noise() },
    ].map((point) => ({ runId: run.id, step, ...point }));
  }).flat();
}

/** A forward pass of 1000 FLOPs a token, a gradient of three times as many. */
function simulateLedger(runId: string, tokens: number): LedgerTotal[] {
  const spent = { runId, role: 'policy', labels: 0, calls: 8 } as const;
  return [
    { ...spent, stage: 'sample', tokens, flops: 1000 * tokens },
    { ...spent, stage: 'judge', role: 'judge', tokens: 0, flops: 0, labels: 40 },
    { ...spent, stage: 'update', tokens, flops: 3000 * tokens },
    { ...spent, stage: 'evaluation', tokens: 500, flops: 500_000 },
  ];
}

/** The same size gives the same rows. */
export function simulateComparison(size: SimulationSize): ComparisonInput {
  const { bases = 1, seeds, problems, samples, steps } = size;
  const seedOf: typeof runSeed = size.sharedSeedsOverBases === true ? (_, rlSeed) => rlSeed : runSeed;
  const runs: SeededRun[] = ARMS.flatMap(({ name }) =>
    Array.from({ length: bases * seeds }, (_, i) => ({
      baseSeed: Math.floor(i / seeds),
      seed: i % seeds,
    })).map((seeded) => ({
      id: seeded.baseSeed === 0 ? `${name}-${seeded.seed}` : `${name}-${seeded.baseSeed}-${seeded.seed}`,
      condition: name,
      ...seeded,
      hasSharedDraws: false,
      runSeed: seedOf(seeded.baseSeed, seeded.seed),
      status: 'completed',
      stepsDone: name === 'base' ? 0 : steps,
      checkpointSha256: `${seeded.seed}${'c0ffee'.repeat(11)}`.slice(0, 64),
      failure: null,
      sources: 'c0de'.repeat(16),
      machines: name === 'base' ? [] : [SIMULATED_MACHINE],
      provenance: { backend: 'tensorflow 2.21.0', node: '20.20.2', 'git revision': 'abc1234', device: 'cpu' },
    })),
  );
  const armOf = new Map(ARMS.map((arm) => [arm.name as string, arm]));
  const evaluations = runs.flatMap((run) => {
    const { gain, memory } = armOf.get(run.condition)!;
    const luck = 0.03 * createGenerator(deriveStream(run.runSeed, `luck/${run.condition}`)).normal();
    const at = (step: number) => (difficulty: number) => {
      const share = steps === 0 ? 0 : step / steps;
      return 0.55 * (1 - difficulty) ** 2 + (gain + luck) * share * (difficulty < 0.8 ? 1 : 0);
    };
    const last = run.stepsDone;
    const devSteps = last === 0 ? [0] : [0, Math.floor(last / 3), Math.floor((2 * last) / 3)];
    return [
      ...evaluate(run, { split: 'clean', step: last, problems, samples }, at(last)),
      ...evaluate(
        run,
        { split: 'contaminated', step: last, problems: Math.ceil(problems / 2), samples },
        (difficulty) => at(last)(difficulty) + memory,
      ),
      ...devSteps.flatMap((step) =>
        evaluate(run, { split: 'dev', step, problems: 24, samples: 4 }, at(step)),
      ),
    ];
  });
  return {
    experiment: {
      name: 'which-signal-teaches',
      question:
        'Do tokens at forks, or negative samples alone, teach as much as plain GRPO, and more than a random reward?',
      fingerprint: '5eed'.repeat(16),
      baseline: 'base',
      source: null,
      hypotheses: [],
      checks: {},
    },
    lock: null,
    conditions: ARMS.map(({ name, scheme, isControl }) => ({
      name,
      schemeName: scheme,
      fixedProblems: null,
      isControl,
      settings: { 'scheme.name': scheme },
      fingerprint: `${name.length}${'ab12'.repeat(16)}`.slice(0, 64),
      baseModelId: 'b'.repeat(64),
    })),
    baseModels: [
      {
        id: 'b'.repeat(64),
        name: 'latent-strategy',
        weightsSha256: 'd'.repeat(64),
        leak: { problems: 32, occurrences: 6144 },
        details: { parameters: '0.41 M', corpus: 'facts 0.1 (count 200), solutions' },
      },
    ],
    runs: runs.map(({ runSeed: _, ...run }) => run),
    evaluations,
    metrics: runs.flatMap((run) =>
      simulateMetrics(
        run,
        armOf.get(run.condition)!.gain,
        createGenerator(deriveStream(run.runSeed, `metrics/${run.id}`)),
      ),
    ),
    stepTokens: runs.flatMap((run) =>
      Array.from({ length: run.stepsDone }, (_, step) => ({
        runId: run.id,
        step,
        tokens: run.condition === 'grpo' ? 2000 : 1000,
      })),
    ),
    ledger: runs.flatMap((run) =>
      run.stepsDone === 0 ? [] : simulateLedger(run.id, (run.condition === 'grpo' ? 2000 : 1000) * steps),
    ),
    uncountedRuns: [],
    probeScores: [],
    forcedFormats: [],
    temperatures: [],
    unverified: [],
    answers: [],
    rewardByVerdict: runs
      .filter(({ stepsDone }) => stepsDone > 0)
      .flatMap((run) => {
        const isRandom = run.condition === 'random-reward';
        return [
          { runId: run.id, verdict: 'correct', rollouts: 4000, rewardMean: isRandom ? 0.5 : 1 },
          { runId: run.id, verdict: 'incorrect', rollouts: 6000, rewardMean: isRandom ? 0.5 : 0 },
          { runId: run.id, verdict: 'malformed', rollouts: 240, rewardMean: isRandom ? 0.5 : 0 },
        ];
      }),
    finalSamples: runs
      .filter(({ baseSeed, seed }) => baseSeed === 0 && seed === 0)
      .flatMap((run) =>
        Array.from({ length: problems }, (_, i) => ({
          runId: run.id,
          phase: 'clean',
          problemId: `clean-${String(i).padStart(3, '0')}`,
          prompt: `${37 + i}+48=`,
          answer: String(85 + i),
        })).flatMap((problem, i) => [
          { ...problem, completion: `7+8=15;${85 + i}`, verdict: 'correct' },
          { ...problem, completion: i === 0 ? HOSTILE : String(75 + i), verdict: 'incorrect' },
        ]),
      ),
    rollouts: runs
      .filter(({ seed, stepsDone }) => seed === 0 && stepsDone > 0)
      .flatMap((run) => [
        {
          runId: run.id,
          phase: 'train',
          step: steps - 1,
          problemId: 'train-001',
          prompt: '37+48=',
          completion: '7+8=15,3+4+1=8;85',
          tokens: [...'7+8=15,3+4+1=8;85∎'].map((text, i) => ({
            text,
            entropy: 0.75 * (1 + Math.sin(i * i)),
            credit: i % 4 === 3 ? 0 : 0.4,
            weight: null,
          })),
          answer: '85',
          verdict: 'correct',
          reward: 1,
        },
        {
          runId: run.id,
          phase: 'train',
          step: steps - 1,
          problemId: 'train-002',
          prompt: '12+9=',
          completion: HOSTILE,
          tokens: null,
          answer: '21',
          verdict: 'malformed',
          reward: 0,
        },
      ]),
  };
}
