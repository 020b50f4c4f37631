import { fileURLToPath } from 'node:url';
import type { Command, Contender, Values } from './contender.ts';

const SIZES = [256, 64] as const;
const NEW = 48;
/** Rollouts per forward and backward pass, ours and hand-written torch's. */
const MICRO_BATCH = 32;

export interface Amount {
  /** measured steps of each contender, after one that is not measured */
  readonly steps: number;
  /** a small store, no matrices of the peer */
  readonly isQuick: boolean;
}

export interface PeerCall {
  readonly amount: Amount;
  /** a Python with trl */
  readonly python: string;
  /** the peer's program */
  readonly peer: string;
  /** its OpenMP threads sleep at barriers instead of spinning, which neighbours on the machine would punish */
  readonly isPassive: boolean;
}

function countSteps({ steps }: Amount): string[] {
  return ['--warmup', '1', '--steps', String(steps)];
}

function ownCommand(file: string, flags: readonly string[]): Command {
  const path = fileURLToPath(new URL(`./${file}`, import.meta.url));
  return { program: process.execPath, parameters: ['--import', 'tsx', path, ...flags] };
}

/** GRPO steps in three layouts on two cores, the store, a matrix, a large evaluation, statistics of a million samples. */
export function ownContenders(amount: Amount): Contender[] {
  const layouts = SIZES.flatMap((size) => {
    const step = (threads: number): Command =>
      ownCommand('model.ts', [
        '--rollouts',
        String(size),
        '--threads',
        String(threads),
        '--micro-batch',
        String(MICRO_BATCH),
        ...countSteps(amount),
      ]);
    return [
      { name: `assay.${size}.1x1`, groups: [[step(1)]] },
      { name: `assay.${size}.1x2`, groups: [[step(2)]] },
      { name: `assay.${size}.2x1`, groups: [[step(1), step(1)]] },
    ];
  });
  const rows = amount.isQuick ? ['--runs', '2', '--steps', '10'] : [];
  return [
    ...layouts,
    { name: 'assay.store', groups: [[ownCommand('database.ts', rows)]] },
    { name: 'assay.matrix', groups: [[ownCommand('matrix.ts', [])]] },
    {
      name: 'assay.evaluation',
      groups: [[ownCommand('matrix.ts', ['--problems', '200', '--samples', '64', '--seeds', '1'])]],
    },
    { name: 'assay.statistics', groups: [[ownCommand('statistics.ts', [])]] },
  ];
}

/** The peer's names for what `bench/model.ts` prints. */
function derivePeer(values: Values): Values {
  const { rollouts, step_s: step, generate_s: generate, forward_s: forward, backward_s: backward } = values;
  if (rollouts === undefined || step === undefined || generate === undefined) return {};
  const update = forward! + backward! + values['optim_s']!;
  return {
    update_s: update,
    sample_tok_per_s: (rollouts * NEW) / generate,
    update_tok_per_s: (rollouts * NEW) / update,
    rollouts_per_s: rollouts / step,
  };
}

/** TRL and hand-written torch on one thread and on two, and the matrix as four TRL processes, one process, and two side by side. */
export function peerContenders(call: PeerCall): Contender[] {
  const { python, peer, isPassive, amount } = call;
  const command = (threads: number, parameters: readonly string[]): Command => ({
    program: python,
    parameters: [peer, ...parameters, '--threads', String(threads)],
    environment: {
      OMP_NUM_THREADS: String(threads),
      MKL_NUM_THREADS: String(threads),
      HF_HUB_OFFLINE: '1',
      TOKENIZERS_PARALLELISM: 'false',
      ...(isPassive ? { OMP_WAIT_POLICY: 'PASSIVE' } : {}),
    },
  });
  const modes = {
    trl: (_: number) => ['trl'],
    torch: (size: number) => ['bare', '--accum', String(size / MICRO_BATCH)],
  };
  const singles = SIZES.flatMap((size) =>
    Object.entries(modes).flatMap(([name, mode]) =>
      [1, 2].map((threads) => ({
        name: `${name}.${size}.1x${threads}`,
        groups: [[command(threads, [...mode(size), '--rollouts', String(size), ...countSteps(amount)])]],
        derive: derivePeer,
      })),
    ),
  );
  const runs = ['dapo:0', 'dapo:1', 'grpo:0', 'grpo:1'];
  const matrix = [
    'matrix',
    '--engine',
    'trl',
    '--rollouts',
    '64',
    '--warmup',
    '0',
    '--steps',
    '10',
    '--runs',
  ];
  const matrices = [
    { name: 'trl.matrix.4procs', groups: runs.map((run) => [command(2, [...matrix, run])]) },
    { name: 'trl.matrix.1proc', groups: [[command(2, [...matrix, runs.join()])]] },
    {
      name: 'trl.matrix.2x1',
      groups: [[command(1, [...matrix, 'dapo:0,dapo:1']), command(1, [...matrix, 'grpo:0,grpo:1'])]],
    },
  ];
  return amount.isQuick ? singles : [...singles, ...matrices];
}
