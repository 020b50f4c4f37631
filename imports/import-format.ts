import type { SourceFile } from './source-file.ts';
import type { SourceHeader, SourceSample } from './source-sample.ts';

/** What a reader may choose of a source. */
export interface ReadOptions {
  /** Which of several scores, by its name; null: the first one. */
  readonly scorer: string | null;
  /** Of plain tables: what a field is called in the source, as ours → theirs. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A source that was opened: its samples are read as they are asked for, never all at once. */
export interface OpenedSource {
  readonly header: SourceHeader;
  readonly samples: AsyncIterable<SourceSample>;
}

/** One kind of file that other programs write. */
export interface ImportFormat {
  readonly name: string;
  /** What it is and who writes it, for help and documentation. */
  readonly description: string;
  /** Whether the file is of this format: by its content, never by its name. */
  recognizes(file: SourceFile): boolean;
  /** Whether a recognised file holds no samples but tells of one beside it, with which it is read; absent: none does. */
  isBeside?(file: SourceFile): boolean;
  /**
   * @throws UnreadableSourceError where the file is damaged, ends too early or lacks what a comparison needs; reading the
   *   samples throws it too
   */
  open(file: SourceFile, options: ReadOptions): Promise<OpenedSource>;
}
