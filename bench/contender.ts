import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export type Values = Readonly<Record<string, number>>;

/** One process; its last line on stdout is a flat JSON object. */
export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Something that is measured: groups of processes; those of a group run side by side, groups one after another. */
export interface Contender {
  readonly name: string;
  readonly groups: readonly (readonly Command[])[];
  /** further values from what a process printed */
  readonly derive?: (values: Values) => Values;
}

export interface Reading {
  readonly name: string;
  /** from the first process's start to the last one's end */
  readonly wall_s: number;
  /** load average of the last minute, and cores busy in the second before: what else the machine was doing */
  readonly load_before: number;
  readonly busy_cores_before: number;
  readonly values: Values;
}

function runJson({ program, parameters, environment }: Command): Promise<Values> {
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let output = '';
  let talk = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (talk += chunk.toString()));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) done(readNumbers(output.trim().split('\n').at(-1)!));
      else fail(new Error(`${program} ${parameters.join(' ')} ended with ${code}:\n${talk.slice(-2000)}`));
    });
  });
}

function readNumbers(line: string): Values {
  const entries = Object.entries(JSON.parse(line) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

/** Values of several records as one: each key by its own rule. */
function merge(records: readonly Values[], rule: (key: string, values: readonly number[]) => number): Values {
  const keys = Object.keys(records[0]!);
  return Object.fromEntries(
    keys.map((key) => [
      key,
      rule(
        key,
        records.map((record) => record[key]!),
      ),
    ]),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Side by side rates and memory add up; anything else is the mean. */
function mergeBeside(key: string, values: readonly number[]): number {
  const adds = key.endsWith('_per_s') || key === 'peak_rss_mib';
  return adds ? sum(values) : sum(values) / values.length;
}

/** One after another times add up; of anything else the largest is kept. */
function mergeAfter(key: string, values: readonly number[]): number {
  return key.endsWith('_s') && !key.endsWith('_per_s') ? sum(values) : Math.max(...values);
}

/** Core-seconds this machine has been busy since it started. */
function busySeconds(): number {
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/).slice(1, 9).map(Number);
  return (sum(ticks) - ticks[3]! - ticks[4]!) / 100;
}

async function busyCores(): Promise<number> {
  const before = busySeconds();
  await sleep(1000);
  return Math.min(cpus().length, busySeconds() - before);
}

/** @throws Error when a process fails, with the end of what it printed */
export async function measure(contender: Contender): Promise<Reading> {
  const load = loadavg()[0]!;
  const busy = await busyCores();
  const begin = performance.now();
  const records: Values[] = [];
  for (const group of contender.groups) {
    const found = await Promise.all(group.map(runJson));
    records.push(
      merge(
        found.map((values) => ({ ...values, ...contender.derive?.(values) })),
        mergeBeside,
      ),
    );
  }
  return {
    name: contender.name,
    wall_s: (performance.now() - begin) / 1000,
    load_before: load,
    busy_cores_before: busy,
    values: merge(records, mergeAfter),
  };
}
