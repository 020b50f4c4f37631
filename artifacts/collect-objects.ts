import { pathOfKey, toKeyPrefix } from './object-artifact-store.ts';
import type { Bucket, FoundObject } from './object-bucket.ts';
import { openReadonlyDatabase, readStoreId } from '../db/store/connection.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import {
  createClassifier,
  isRemovable,
  type ArtifactState,
  type GarbageState,
} from './classify-artifacts.ts';
import type { Home } from './home.ts';

interface ClassifiedObject extends FoundObject {
  readonly state: ArtifactState;
}

/** Objects of one store in a bucket, as they were when listed. */
export interface ObjectCandidates {
  readonly garbage: readonly (FoundObject & { readonly state: GarbageState })[];
  readonly kept: readonly FoundObject[];
}

const REMOVED_AT_ONCE = 8;

/** Only what this store wrote is listed; the bucket is listed before the rows are read. */
export async function findObjects(
  home: Home,
  options: {
    readonly bucket: Bucket;
    readonly location: Extract<ArtifactLocation, { kind: 'objects' }>;
    readonly nowMs: number;
  },
): Promise<ObjectCandidates> {
  const { bucket, location, nowMs } = options;
  const db = openReadonlyDatabase(home.database);
  try {
    const prefix = toKeyPrefix(location.prefix, readStoreId(db));
    const found: (FoundObject & { readonly path: string | null })[] = [];
    for await (const object of bucket.list(prefix))
      found.push({ ...object, path: pathOfKey(object.key.slice(prefix.length)) });
    const classify = createClassifier(
      db,
      found.flatMap(({ path }) => (path === null ? [] : [{ path }])),
    );
    const states = found.map(({ path, ...object }): ClassifiedObject => {
      const state = path === null ? 'foreign' : classify(path);
      return { ...object, state };
    });
    const isOld = (object: ClassifiedObject): boolean => isRemovable(object, { sinceMs: 0, nowMs });
    return {
      garbage: states.filter((object): object is ObjectCandidates['garbage'][number] => isOld(object)),
      kept: states.filter((object) => !isOld(object)),
    };
  } finally {
    db.$client.close();
  }
}

/** Removes what is still as it was listed; returns what the bucket does not delete, by key, with the reason. */
export async function removeObjects(
  bucket: Bucket,
  garbage: readonly FoundObject[],
): Promise<{ readonly path: string; readonly reason: string }[]> {
  const left: { path: string; reason: string }[] = [];
  const waiting = [...garbage];
  const work = async (): Promise<void> => {
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      try {
        const now = await bucket.find(object.key);
        if (now?.modifiedMs === object.modifiedMs) await bucket.remove(object.key);
      } catch (error) {
        left.push({ path: object.key, reason: (error as Error).message });
      }
    }
  };
  await Promise.all(Array.from({ length: REMOVED_AT_ONCE }, work));
  return left;
}
