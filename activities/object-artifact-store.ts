import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ArtifactRef } from '../spec/plan.ts';
import { createArtifactCache } from './artifact-cache.ts';
import {
  ArtifactDamagedError,
  ArtifactMissingError,
  sha256Of,
  toArtifactRef,
  type ArtifactStore,
} from './artifact-store.ts';

/** The object store does not answer, or is not well; activities that need it are tried again. */
export class ObjectStoreUnreachableError extends Error {
  override readonly name = 'ObjectStoreUnreachableError';
}

/** The object store answers and refuses: correct the credentials, the bucket or the rights. */
export class ObjectStoreRefusedError extends Error {
  override readonly name = 'ObjectStoreRefusedError';
}

export interface ObjectStoreSettings {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  /** Copies of what this host wrote or read. */
  readonly cacheDirectory: string;
  readonly cacheBytes: number;
  /** An S3-compatible server in place of the region's own, as `AWS_ENDPOINT_URL_S3` names it. */
  readonly endpoint?: string;
}

/** A host that is cut off notices within a heartbeat timeout. */
const CONNECTION_TIMEOUT_MS = 5000;
const IDLE_TIMEOUT_MS = 15_000;

function createClient(endpoint: string | undefined): S3Client {
  return new S3Client({
    // Compatible servers know neither virtual hosts nor regions; credentials come the client's usual ways.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    region: process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    // The SHA-256 of every object is sent and verified here; other checksums are not known to every compatible server.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: IDLE_TIMEOUT_MS },
  });
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof S3ServiceException))
    return error instanceof Error && error.name === 'CredentialsProviderError';
  const { httpStatusCode: status = 500 } = error.$metadata;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function toStoreError(error: unknown, what: string): Error {
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

/**
 * Artifacts as objects of an S3 bucket, for workers that share no folder. An object's key is `PREFIX/SHA256/PATH`: content decides it, so
 * no object is ever overwritten with another, and two runs that make the same bytes each delete only their own.
 */
export function createObjectArtifactStore(settings: ObjectStoreSettings): ArtifactStore {
  const { bucket: Bucket, prefix } = settings;
  const client = createClient(settings.endpoint);
  const cache = createArtifactCache(settings.cacheDirectory, settings.cacheBytes);
  const keyOf = (ref: ArtifactRef): string =>
    [...(prefix === '' ? [] : [prefix]), ref.sha256, ref.path].join('/');

  const download = async (ref: ArtifactRef): Promise<Uint8Array> => {
    const Key = keyOf(ref);
    let bytes: Uint8Array;
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw toStoreError(error, `give s3://${Bucket}/${Key}`);
      throw new ArtifactMissingError(
        `the artifact s3://${Bucket}/${Key} is missing (expected ${ref.bytes} bytes); restore it from a copy, or delete its run’s rows ` +
          'and launch the matrix again',
      );
    }
    const sha256 = sha256Of(bytes);
    if (sha256 === ref.sha256) return bytes;
    throw new ArtifactDamagedError(
      `the artifact s3://${Bucket}/${Key} is damaged: found ${bytes.byteLength} bytes with sha256 ${sha256}, expected ${ref.bytes} bytes; ` +
        'restore it from a copy',
    );
  };

  return {
    write: async (template, bytes) => {
      const ref = toArtifactRef(template, bytes);
      const Key = keyOf(ref);
      const ChecksumSHA256 = Buffer.from(ref.sha256, 'hex').toString('base64');
      try {
        await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes, ChecksumSHA256 }));
      } catch (error) {
        throw toStoreError(error, `take s3://${Bucket}/${Key} (${bytes.byteLength} bytes)`);
      }
      await cache.put(ref, bytes);
      return ref;
    },
    read: async (ref) => {
      const copy = await cache.get(ref);
      if (copy !== null) return copy;
      const bytes = await download(ref);
      await cache.put(ref, bytes);
      return bytes;
    },
    remove: async (ref) => {
      const Key = keyOf(ref);
      await cache.drop(ref);
      try {
        await client.send(new DeleteObjectCommand({ Bucket, Key }));
      } catch (error) {
        throw toStoreError(error, `delete s3://${Bucket}/${Key}`);
      }
    },
  };
}
