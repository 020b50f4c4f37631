import { recordArtifact } from '../../db/queries/artifacts.ts';
import { commitAttempt } from '../../db/queries/attempts.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { recordProbeScores } from '../../db/queries/probe-scores.ts';
import type { ProbeScore } from '../../probes/probe.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import { durable, stageKey } from '../durable.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface RecordProbeInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  readonly probe: string;
  readonly scores: ArtifactRef;
}

/** Records what a probe measured, and the file it wrote. */
export function createRecordProbe({ db, artifacts, plans }: StoreDependencies) {
  return durable(async (input: RecordProbeInput, attempt): Promise<void> => {
    const { runId } = (await plans.readRun(input.plan)).plan;
    const { probe, step } = input;
    const text = new TextDecoder().decode(await artifacts.read(input.scores));
    const rows = (JSON.parse(text) as ProbeScore[]).map((score) => ({ runId, step, probe, ...score }));
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: `probe/${probe}` }));
      recordArtifact(tx, 'probe-scores', input.scores);
      recordProbeScores(tx, rows);
    });
  });
}
