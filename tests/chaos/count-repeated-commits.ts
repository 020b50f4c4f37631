import { join } from 'node:path';
import { openReadonlyDatabase } from '../../db/store/connection.ts';

/** Stages of a step that more than one attempt committed, each the same rows again because its report was lost. */
export function countRepeatedCommits(home: string): number {
  const { $client } = openReadonlyDatabase(join(home, 'assay.db'));
  try {
    const query =
      'select count(*) from (select 1 from attempts where finished_at is not null group by run_id, stage, step having count(*) > 1)';
    return $client.prepare(query).pluck().get() as number;
  } finally {
    $client.close();
  }
}
