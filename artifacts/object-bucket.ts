import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import type { ArtifactRef } from '../config/plan.ts';
import { ArtifactDamagedError, ArtifactTooLargeError } from './artifact-errors.ts';
import { allocate, assertSize } from './artifact-files.ts';

/** The object store does not answer, or is not well; activities that need it are tried again. */
export class ObjectStoreUnreachableError extends Error {
  override readonly name = 'ObjectStoreUnreachableError';
}

/** The object store answers and refuses: correct the credentials, the bucket or the rights. */
export class ObjectStoreRefusedError extends Error {
  override readonly name = 'ObjectStoreRefusedError';
}

export interface BucketSettings {
  readonly bucket: string;
  /** An S3-compatible server in place of the region's own, as `AWS_ENDPOINT_URL_S3` names it. */
  readonly endpoint?: string;
  /** How long a transfer may stand still before it fails; 15 s by default. */
  readonly idleTimeoutMs?: number;
}

/** An object as it was when listed. */
export interface FoundObject {
  readonly key: string;
  readonly bytes: number;
  /** In whole seconds, as servers say it in headers. */
  readonly modifiedMs: number;
}

/** Bytes with their hash, which the server verifies. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** One bucket, every fault of which has a type. An aborted signal ends a transfer with its reason. */
export interface Bucket {
  readonly name: string;
  put(key: string, content: Content, signal?: AbortSignal): Promise<void>;
  /** The content, not yet hashed; null where there is no object. @throws {ArtifactDamagedError} when it has another size */
  get(key: string, ref: ArtifactRef, signal?: AbortSignal): Promise<Uint8Array | null>;
  find(key: string): Promise<FoundObject | null>;
  remove(key: string): Promise<void>;
  list(prefix: string): AsyncGenerator<FoundObject>;
  /** Names between `prefix` and the next slash. */
  listFolders(prefix: string): Promise<string[]>;
}

const CONNECTION_TIMEOUT_MS = 5000;
const IDLE_TIMEOUT_MS = 15_000;

/** A part is signed in one piece, which holds the event loop; servers take 5 GiB in one request and 10,000 parts. */
const PART_BYTES = 32 * 2 ** 20;

function createClient({ endpoint, idleTimeoutMs = IDLE_TIMEOUT_MS }: BucketSettings): S3Client {
  return new S3Client({
    // Compatible servers know neither virtual hosts nor regions; credentials come the client's usual ways.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    region: process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    // Content is signed when sent and hashed when read; other checksums are not known to every compatible server.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // A limit on the whole request would end large transfers that get on.
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: idleTimeoutMs },
  });
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof S3ServiceException))
    return error instanceof Error && error.name === 'CredentialsProviderError';
  const { httpStatusCode: status = 500 } = error.$metadata;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function toStoreError(error: unknown, what: string): Error {
  if (error instanceof ArtifactDamagedError || error instanceof ArtifactTooLargeError) return error;
  const { name, message } = error as Error;
  if (isRefusal(error)) {
    return new ObjectStoreRefusedError(
      `the object store refused to ${what}: ${name}: ${message}; correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL_S3, ` +
        'the bucket of --artifacts, or the rights on it',
      { cause: error },
    );
  }
  return new ObjectStoreUnreachableError(
    `the object store did not ${what}: ${name}: ${message}; it is tried again. Start it, or correct AWS_ENDPOINT_URL_S3`,
    { cause: error },
  );
}

async function typed<Result>(
  what: string,
  body: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw toStoreError(error, what);
  }
}

/** Null in place of what is not there. */
async function orNull<Result>(answer: Promise<Result>): Promise<Result | null> {
  return answer.catch((error: unknown) => {
    if (error instanceof NoSuchKey || error instanceof NotFound) return null;
    throw error;
  });
}

interface Target {
  readonly client: S3Client;
  readonly Bucket: string;
  readonly Key: string;
  readonly transfer: { readonly abortSignal?: AbortSignal };
}

async function uploadParts({ client, Bucket, Key, transfer }: Target, bytes: Uint8Array): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }), transfer);
  const upload = { Bucket, Key, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    for (let from = 0; from < bytes.byteLength; from += PART_BYTES) {
      const part = { PartNumber: Parts.length + 1, Body: bytes.subarray(from, from + PART_BYTES) };
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, ...part }), transfer);
      Parts.push({ PartNumber: part.PartNumber, ETag });
    }
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
      transfer,
    );
  } catch (error) {
    // Parts that stay behind are for the bucket's rule on unfinished uploads.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

async function download(
  { client, Bucket, Key, transfer }: Target,
  ref: ArtifactRef,
): Promise<Uint8Array | null> {
  const answer = await orNull(client.send(new GetObjectCommand({ Bucket, Key }), transfer));
  if (answer === null) return null;
  const body = answer.Body as Readable;
  try {
    const where = `s3://${Bucket}/${Key}`;
    assertSize(answer.ContentLength ?? ref.bytes, ref, where);
    const bytes = allocate(ref.bytes, where);
    let at = 0;
    // The client ends a body at the length its header gave.
    for await (const chunk of body as AsyncIterable<Buffer>) at += chunk.copy(bytes, at);
    assertSize(at, ref, where);
    return bytes;
  } finally {
    body.destroy();
  }
}

async function* listObjects(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<FoundObject> {
  let ContinuationToken: string | undefined;
  do {
    const input = { Bucket, Prefix, ContinuationToken };
    const page = await typed(`list s3://${Bucket}/${Prefix}`, () =>
      client.send(new ListObjectsV2Command(input)),
    );
    for (const { Key: key = '', Size: bytes = 0, LastModified } of page.Contents ?? [])
      yield { key, bytes, modifiedMs: toWholeSeconds(LastModified) };
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

function toWholeSeconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000) * 1000;
}

async function listFolders(client: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const folders: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/', ContinuationToken }),
    );
    for (const { Prefix: folder = '' } of page.CommonPrefixes ?? [])
      folders.push(folder.slice(Prefix.length).replace(/\/$/, ''));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return folders;
}

/** Opens a bucket that is there; nothing is sent before the first call. */
export function openBucket(settings: BucketSettings): Bucket {
  const { bucket: Bucket } = settings;
  const client = createClient(settings);
  const targetOf = (Key: string, signal?: AbortSignal): Target => ({
    client,
    Bucket,
    Key,
    transfer: signal === undefined ? {} : { abortSignal: signal },
  });
  return {
    name: Bucket,
    put: (Key, { bytes, sha256 }, signal) =>
      typed(
        `take s3://${Bucket}/${Key} (${bytes.byteLength} bytes)`,
        async () => {
          const target = targetOf(Key, signal);
          if (bytes.byteLength > PART_BYTES) return uploadParts(target, bytes);
          const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
          await client.send(
            new PutObjectCommand({ Bucket, Key, Body: bytes, ChecksumSHA256 }),
            target.transfer,
          );
        },
        signal,
      ),
    get: (Key, ref, signal) =>
      typed(`give s3://${Bucket}/${Key}`, () => download(targetOf(Key, signal), ref), signal),
    find: (Key) =>
      typed(`describe s3://${Bucket}/${Key}`, async () => {
        const found = await orNull(client.send(new HeadObjectCommand({ Bucket, Key })));
        if (found === null) return null;
        return { key: Key, bytes: found.ContentLength ?? 0, modifiedMs: toWholeSeconds(found.LastModified) };
      }),
    remove: (Key) =>
      typed(`delete s3://${Bucket}/${Key}`, async () => {
        await client.send(new DeleteObjectCommand({ Bucket, Key }));
      }),
    list: (prefix) => listObjects(client, Bucket, prefix),
    listFolders: (prefix) =>
      typed(`list s3://${Bucket}/${prefix}`, () => listFolders(client, Bucket, prefix)),
  };
}
