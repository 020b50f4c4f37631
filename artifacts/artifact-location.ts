import { checkOwner } from './artifact-owner.ts';
import { createArtifactStore, type ArtifactStore } from './artifact-store.ts';
import type { Bucket } from './object-bucket.ts';
import { prepareDirectory } from './prepare-directory.ts';
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

/** Makes sure that a directory of artifacts can be written to. @throws {DirectoryUnusableError} @throws {DiskFullError} */
export function prepareLocation(location: ArtifactLocation): void {
  if (location.kind === 'directory') prepareDirectory(location.directory, '--artifacts (ASSAY_ARTIFACTS)');
}

/** The bucket of a location; the client of object stores is loaded only for one. */
export async function openLocationBucket({ bucket }: { readonly bucket: string }): Promise<Bucket> {
  const { openBucket } = await import('./object-bucket.ts');
  const { AWS_ENDPOINT_URL_S3: forStore, AWS_ENDPOINT_URL: forAll } = process.env;
  const endpoint = forStore ?? forAll;
  return openBucket({ bucket, ...(endpoint === undefined ? {} : { endpoint }) });
}

/**
 * Opens the artifacts of one store. Copies of objects are kept in `cacheDirectory`.
 *
 * @throws {ArtifactOwnerError} when the directory is another store's
 */
export async function openArtifactStore(
  location: ArtifactLocation,
  options: { readonly cacheDirectory: string; readonly storeId: string },
): Promise<ArtifactStore> {
  const { cacheDirectory, storeId } = options;
  if (location.kind === 'directory') {
    await checkOwner(location.directory, storeId);
    return createArtifactStore(location.directory, storeId);
  }
  const { createObjectArtifactStore } = await import('./object-artifact-store.ts');
  const bucket = await openLocationBucket(location);
  const { prefix } = location;
  return createObjectArtifactStore({ bucket, prefix, storeId, cacheDirectory, cacheBytes: CACHE_BYTES });
}
