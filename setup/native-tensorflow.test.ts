import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  currentPlatform,
  INSTALLATION_FILE,
  nativeInstallationDirectory,
  readNativeInstallation,
} from '../model/backends/native-installation.ts';
import { installNativeTensorflow } from './native-tensorflow.ts';

function writeInstallation(directory: string, platform: string): void {
  mkdirSync(directory, { recursive: true });
  const installation = { package: 'p', version: '1', route: 'wheel', tensorflow: '2', platform };
  writeFileSync(join(directory, INSTALLATION_FILE), JSON.stringify(installation));
}

test('a completed installation is returned without a word', async () => {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'assay-native-'));
  writeInstallation(nativeInstallationDirectory(cacheDirectory, 'native'), currentPlatform());
  const report = (line: string): void => assert.fail(`reported: ${line}`);
  const installation = await installNativeTensorflow({ cacheDirectory, variant: 'native', report });
  assert.equal(installation.tensorflow, '2');
});

test('neither a half installation nor one of another kind of machine counts as installed', () => {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'assay-native-'));
  const directory = nativeInstallationDirectory(cacheDirectory, 'native');
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  assert.equal(readNativeInstallation(cacheDirectory, 'native'), undefined);
  writeInstallation(directory, 'plan9-pdp11');
  assert.equal(readNativeInstallation(cacheDirectory, 'native'), undefined);
  writeInstallation(directory, currentPlatform());
  assert.equal(readNativeInstallation(cacheDirectory, 'native')?.route, 'wheel');
});

test('setup goes on to the Temporal server when pip fails, and leaves no installation behind', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'assay-native-'));
  writeFileSync(join(scratch, 'python3'), '#!/bin/sh\necho no registry today >&2\nexit 1\n', { mode: 0o755 });
  writeFileSync(join(scratch, 'temporal'), '', { mode: 0o755 });
  const cacheDirectory = join(scratch, 'cache');
  const program = `
    const { runSetup } = await import(${JSON.stringify(new URL('main.ts', import.meta.url).href)});
    const outcome = await runSetup({ cacheDirectory: ${JSON.stringify(cacheDirectory)}, needsTemporalServer: true, report() {} });
    console.log(JSON.stringify({ temporal: outcome.temporalServerPath, failures: outcome.failures.map(String) }));`;
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    env: { PATH: `${scratch}:/usr/bin:/bin`, TFJS_NODE_CDN_STORAGE: 'http://127.0.0.1:9/' },
    encoding: 'utf8',
  });
  const { temporal, failures } = JSON.parse(output) as { temporal: string; failures: string[] };
  assert.equal(temporal, join(scratch, 'temporal'));
  // A machine with an NVIDIA card adds a second one, for the GPU library.
  assert.match(failures[0] ?? '', /^ProgramFailedError: 'python3 -m pip download .*\n?no registry today/s);
  assert.equal(existsSync(nativeInstallationDirectory(cacheDirectory, 'native')), false);
});
