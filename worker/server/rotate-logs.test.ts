import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { rotateLogs } from './rotate-logs.ts';

function createDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'assay-logs-'));
}

test('a log that is too large gives way to an empty one, and its last three parts are kept', () => {
  const directory = createDirectory();
  writeFileSync(join(directory, 'small.log'), 'small');
  writeFileSync(join(directory, 'other.txt'), 'long enough to rotate');
  for (const part of ['first', 'second', 'third', 'fourth']) {
    writeFileSync(join(directory, 'train-1.log'), `${part} part`);
    rotateLogs(directory, 8);
  }
  const parts = Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
  assert.deepEqual(parts, {
    'other.txt': 'long enough to rotate',
    'small.log': 'small',
    'train-1.log': '',
    'train-1.log.1': 'fourth part',
    'train-1.log.2': 'third part',
    'train-1.log.3': 'second part',
  });
});

test('a process that holds the log open goes on writing at its beginning', async () => {
  const directory = createDirectory();
  const path = join(directory, 'store-0.log');
  const log = openSync(path, 'a');
  const writer = spawn(process.execPath, ['-e', "process.on('message', (line) => console.error(line))"], {
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const write = async (line: string): Promise<void> => {
    const before = statSync(path).size;
    writer.send(line);
    while (statSync(path).size === before) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await write('before');
  rotateLogs(directory, 3);
  await write('after');
  writer.kill();
  await once(writer, 'exit');
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'before\n');
  assert.equal(readFileSync(path, 'utf8'), 'after\n');
});
