import type { ImportSample, ImportWriter } from '../../db/queries/record-import.ts';
import type { SampleOutcome, SourceSample } from '../../imports/source-sample.ts';
import { count, ProblemRegister, type RegisteredProblem, type RunProblems } from './problem-register.ts';

interface JoinedRun {
  readonly id: number;
  readonly problems: RunProblems;
  /** Problem → the number after its samples so far. */
  readonly next: Map<RegisteredProblem, number>;
}

/** Written in one transaction: so many samples, or so many characters of text. */
const BATCH_SAMPLES = 50_000;
const BATCH_CHARACTERS = 16 * 1024 * 1024;

function lengthOf({ prompt, completion, answer, target }: SourceSample): number {
  return (prompt?.length ?? 0) + (completion?.length ?? 0) + (answer?.length ?? 0) + (target?.length ?? 0);
}

/** SQLite would hold a score that is no number as null, which neither counts nor tells why. */
function toResult(outcome: SampleOutcome): Pick<ImportSample, 'score' | 'failure'> {
  if (outcome.kind === 'failed') return { score: null, failure: outcome.reason };
  if (Number.isFinite(outcome.score)) return { score: outcome.score, failure: null };
  return { score: null, failure: `the score is ${outcome.score}, expected a finite number` };
}

function toRow(sample: SourceSample, importRun: number, importProblem: number): Omit<ImportSample, 'sample'> {
  const { outcome, answer, completion, confidence, tokens } = sample;
  return { importRun, importProblem, ...toResult(outcome), answer, completion, confidence, tokens };
}

function isSame(a: ImportSample, b: ImportSample): boolean {
  return (Object.keys(a) as (keyof ImportSample)[]).every((name) => a[name] === b[name]);
}

/** Writes the samples of a source, in batches, to the runs and problems that they belong to. */
export class SampleJoiner {
  /** Samples that were taken so far. */
  samples = 0;
  private readonly register: ProblemRegister;
  private readonly runs = new Map<string, JoinedRun>();
  private batch: SourceSample[] = [];
  private characters = 0;
  private repeated = 0;
  private contradicted = 0;
  private firstContradiction = '';
  private readonly writer: ImportWriter;

  constructor(writer: ImportWriter) {
    this.writer = writer;
    this.register = new ProblemRegister(writer);
  }

  /** Returns whether a batch was written. */
  add(sample: SourceSample): boolean {
    this.samples += 1;
    this.batch.push(sample);
    this.characters += lengthOf(sample);
    if (this.batch.length < BATCH_SAMPLES && this.characters < BATCH_CHARACTERS) return false;
    this.flush();
    return true;
  }

  /** Writes what is left; returns what a reader has to know of the samples. */
  finish(): string[] {
    this.flush();
    const notices: string[] = [];
    if (this.repeated > 0)
      notices.push(`${count(this.repeated, 'sample stands', 'samples stand')} twice, and counts once`);
    if (this.contradicted > 0)
      notices.push(
        `${count(this.contradicted, 'sample stands', 'samples stand')} twice with other content; the first of each counts, e.g. ${this.firstContradiction}`,
      );
    return [...notices, ...this.register.finish()];
  }

  private flush(): void {
    const { batch } = this;
    this.writer.write(() => {
      for (const sample of batch) this.write(sample);
    });
    this.batch = [];
    this.characters = 0;
  }

  private findRun({ arm, seed }: SourceSample): JoinedRun {
    const key = `${seed ?? ''}\0${arm ?? ''}\0${arm === null}`;
    const known = this.runs.get(key);
    if (known !== undefined) return known;
    const run = { id: this.writer.addRun({ arm, seed }), problems: new Map(), next: new Map() };
    this.runs.set(key, run);
    return run;
  }

  private write(sample: SourceSample): void {
    const run = this.findRun(sample);
    const problem = this.register.find(sample, run.problems);
    const row = toRow(sample, run.id, problem.id);
    const next = run.next.get(problem) ?? 0;
    let at = sample.sample ?? next;
    while (!this.writer.addSample({ ...row, sample: at })) {
      if (sample.sample !== null) return this.noteRepeated(sample, { ...row, sample: at });
      at += 1;
    }
    run.next.set(problem, Math.max(next, at + 1));
  }

  private noteRepeated({ arm, problemId }: SourceSample, row: ImportSample): void {
    if (isSame(this.writer.readSample(row), row)) {
      this.repeated += 1;
      return;
    }
    this.contradicted += 1;
    if (this.contradicted > 1) return;
    const ofArm = arm === null ? '' : `${arm}, `;
    this.firstContradiction = `${ofArm}problem ${problemId.slice(0, 80)} sample ${row.sample}`;
  }
}
