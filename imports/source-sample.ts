/** What a sample came to. An error is not a score of 0: it is a failure, with its reason. */
export type SampleOutcome =
  { readonly kind: 'scored'; readonly score: number } | { readonly kind: 'failed'; readonly reason: string };

/** One sample of one problem, as a source tells it; what a source does not tell is null. */
export interface SourceSample {
  /** The arm that it belongs to, where a source holds several; null: the source's only one. */
  readonly arm: string | null;
  /** Seed of the training or evaluation run; null: not told. */
  readonly seed: number | null;
  readonly split: string | null;
  /** What the source calls the problem; with the split unique among its problems. */
  readonly problemId: string;
  /** All that the model was asked, which tells the problem apart whatever it is called; null: the id alone does. */
  readonly prompt: string | null;
  /** The right answer. */
  readonly target: string | null;
  /** Problems of one cluster, such as those of one template or passage, are alike. */
  readonly cluster: string | null;
  /** Which of the run's samples of the problem, from 0; null: in the order of the source. */
  readonly sample: number | null;
  readonly outcome: SampleOutcome;
  /** The answer that was taken from the completion. */
  readonly answer: string | null;
  readonly completion: string | null;
  /** Stated by the model, 0 to 1. */
  readonly confidence: number | null;
  /** Completion tokens. */
  readonly tokens: number | null;
}

/** What a source tells of itself. */
export interface SourceHeader {
  /** The program that wrote it with its version, such as `inspect_ai 0.3.285`; null: not told. */
  readonly tool: string | null;
  readonly model: string | null;
  readonly task: string | null;
  /** The score that was taken, of those in `scorers`; null: the source has only one and does not name it. */
  readonly scorer: string | null;
  readonly scorers: readonly string[];
  /** What the samples were drawn with, such as temperature, as name → value; arms that differ in it are told. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  /** What a reader of the comparison has to know, one sentence each: "cancelled after 12 of 40 samples". */
  readonly notices: readonly string[];
}
