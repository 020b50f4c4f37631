import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { measure, type Contender, type Reading } from './contender.ts';
import { formatReadings, formatValues } from './format-readings.ts';
import { ownContenders, peerContenders } from './contenders.ts';
import { divideReadings } from './divide-readings.ts';

const USAGE = `Measures sampling, updates, whole steps, the store and a matrix; a table goes to stderr, one JSON document to stdout.

  npm run bench -- [--quick] [--only sample.256,matrix] [--steps 8] [--rotations 3] [--python PATH --peer FILE [--passive]]

  --quick          few steps, a small store, no matrix of the peer
  --steps N        measured steps of each contender (default 8, quick 3)
  --only NAMES     contenders whose name begins with one of these
  --rotations N    every contender this often, in changing order (default 1): compare ratios, not single readings
  --python PATH    a Python with trl: measures the peer in the same rotation
  --peer FILE      the peer's program (trl_grpo.py)
  --passive        the peer's threads sleep at barriers instead of spinning: for a machine with neighbours
`;

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rotations: { type: 'string', default: '1' },
    steps: { type: 'string' },
    passive: { type: 'boolean', default: false },
    python: { type: 'string' },
    peer: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function describePeer(python: string): unknown {
  const packages = ['torch', 'transformers', 'trl'];
  const program = `import json, importlib.metadata as m; print(json.dumps({p: m.version(p) for p in ${JSON.stringify(packages)}}))`;
  return JSON.parse(execFileSync(python, ['-c', program], { encoding: 'utf8' }));
}

function describeMachine() {
  const [first] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return { cores: cpus().length, processor: first?.model ?? 'unknown', gibibytes, node: process.version };
}

function listContenders(): Contender[] {
  const { quick, only, python, peer, passive } = flags;
  const amount = { steps: Number(flags.steps ?? (quick ? 3 : 8)), isQuick: quick };
  const own = ownContenders(amount);
  const peers =
    python !== undefined && peer !== undefined
      ? peerContenders({ python, peer, isPassive: passive, amount })
      : [];
  const prefixes = only.split(',').filter((prefix) => prefix !== '');
  const chosen = [...peers, ...own].filter(
    ({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  // What is compared is measured close together.
  const group = ({ name }: Contender): number =>
    ['.256', '.64', '.matrix', ''].findIndex((part) => name.includes(part));
  return chosen.sort((a, b) => group(a) - group(b));
}

/** Every contender once per rotation, beginning one further each time, so that slow minutes do not always hit the same. */
async function rotate(contenders: readonly Contender[], rotations: number): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (let rotation = 0; rotation < rotations; rotation += 1) {
    for (let i = 0; i < contenders.length; i += 1) {
      const contender = contenders[(i + rotation) % contenders.length]!;
      process.stderr.write(`${contender.name} … `);
      const reading = await measure(contender);
      readings.push(reading);
      process.stderr.write(`load before ${reading.load_before.toFixed(1)}; ${formatValues(reading)}\n`);
    }
  }
  return readings;
}

async function main(): Promise<void> {
  if (flags.help) {
    process.stdout.write(USAGE);
    return;
  }
  if ((flags.python === undefined) !== (flags.peer === undefined)) {
    throw new Error('the peer needs both --python and --peer');
  }
  const readings = await rotate(listContenders(), Number(flags.rotations));
  const ratios = divideReadings(readings);
  process.stderr.write(formatReadings(readings, ratios));
  const peer = flags.python === undefined ? null : describePeer(flags.python);
  const document = { machine: describeMachine(), peer, load_after: loadavg()[0], readings, ratios };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

await main();
