import { createArtifactStore, type ArtifactStore } from '../activities/artifact-store.ts';
import type { Home } from './home.ts';

/** `--artifacts` is neither a directory nor `s3://BUCKET[/PREFIX]`. */
export class ArtifactLocationError extends Error {
  override readonly name = 'ArtifactLocationError';
}

/** Where the artifacts of a home lie: a directory, or a bucket that hosts without a common folder reach. */
export type ArtifactLocation =
  | { readonly kind: 'directory'; readonly directory: string }
  | { readonly kind: 'objects'; readonly bucket: string; readonly prefix: string };

/** Copies of objects that one host keeps. */
const CACHE_BYTES = 4 * 2 ** 30;

/** @throws {ArtifactLocationError} */
export function parseArtifactLocation(setting: string | undefined, home: Home): ArtifactLocation {
  if (setting === undefined) return { kind: 'directory', directory: home.artifacts };
  const [, scheme] = /^(\w+):\/\//.exec(setting) ?? [];
  if (scheme === undefined) return { kind: 'directory', directory: setting };
  const [, bucket, prefix = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(setting) ?? [];
  if (bucket === undefined) {
    throw new ArtifactLocationError(
      `--artifacts (ASSAY_ARTIFACTS) is ${setting}; expected a directory or s3://BUCKET[/PREFIX]`,
    );
  }
  return { kind: 'objects', bucket, prefix };
}

/** Opens the store, with copies of objects in `cacheDirectory`; the client of object stores is loaded only for one. */
export async function openArtifactStore(
  location: ArtifactLocation,
  cacheDirectory: string,
): Promise<ArtifactStore> {
  if (location.kind === 'directory') return createArtifactStore(location.directory);
  const { createObjectArtifactStore } = await import('../activities/object-artifact-store.ts');
  const { AWS_ENDPOINT_URL_S3: forStore, AWS_ENDPOINT_URL: forAll } = process.env;
  const endpoint = forStore ?? forAll;
  return createObjectArtifactStore({
    bucket: location.bucket,
    prefix: location.prefix,
    cacheDirectory,
    cacheBytes: CACHE_BYTES,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
}
