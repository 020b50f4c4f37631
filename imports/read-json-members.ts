import { readChunks, type SourceFile } from './source-file.ts';
import { UnreadableSourceError } from './unreadable-source-error.ts';

/** One member of the outermost object of a JSON text, or one element of the list that is read element by element. */
export interface JsonMember {
  readonly key: string;
  /** From 0, within the list; null: the whole member. */
  readonly index: number | null;
  /** Its JSON, not yet parsed. */
  readonly text: string;
}

/** A longer member fits no string. */
const MOST_OF_MEMBER = 256 * 1024 * 1024;
const OUTSIDE_STRING = /["{}[\],]/g;
const WITHIN_STRING = /["\\]/g;
const MEMBER_START = /^\s*("(?:[^"\\]|\\.)*")\s*:\s*/;

/** Cuts a JSON text into the members of its outermost object, as its pieces come. */
class MemberCutter {
  readonly found: JsonMember[] = [];
  private depth = 0;
  private isClosed = false;
  private text = '';
  private isInString = false;
  private isEscaped = false;
  /** Of the list that is being read; null: not within it. */
  private index: number | null = null;

  constructor(
    private readonly path: string,
    private readonly list: string,
  ) {}

  push(chunk: string): void {
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.isEscaped) {
        this.isEscaped = false;
        at += 1;
        continue;
      }
      const next = this.findNext(chunk, at);
      if (next === -1) break;
      at = next + 1;
      if (this.consume(chunk, next, from)) from = at;
    }
    this.keep(chunk.slice(from));
  }

  /** @throws UnreadableSourceError when the text has not come to its end */
  finish(): void {
    if (this.isClosed && this.text.trim() === '') return;
    if (this.depth === 0) this.refuse('one JSON object was expected, and nothing after it');
    const within =
      this.index === null ? 'its outermost object' : `item ${this.index + 1} of its \`${this.list}\``;
    this.refuse(`the JSON ends within ${within}: the file was cut, get a whole one`);
  }

  private findNext(chunk: string, at: number): number {
    const pattern = this.isInString ? WITHIN_STRING : OUTSIDE_STRING;
    pattern.lastIndex = at;
    return pattern.exec(chunk)?.index ?? -1;
  }

  /** @returns whether what came before the character was taken, and the character itself is not kept */
  private consume(chunk: string, at: number, from: number): boolean {
    const character = chunk[at]!;
    if (this.isInString) {
      if (character === '"') this.isInString = false;
      else this.isEscaped = true;
      return false;
    }
    if (character === '"') this.isInString = true;
    else if (character === '{' || character === '[') return this.openBracket(chunk, at, from);
    else return this.closeOrSeparate(chunk, at, from);
    return false;
  }

  private openBracket(chunk: string, at: number, from: number): boolean {
    this.depth += 1;
    if (this.depth === 1) {
      if (this.isClosed || (this.text + chunk.slice(from, at)).trim() !== '' || chunk[at] !== '{')
        this.refuse('one JSON object was expected, and nothing before or after it');
      this.text = '';
      return true;
    }
    if (this.depth > 2 || this.index !== null || chunk[at] !== '[') return false;
    const start = MEMBER_START.exec(this.text + chunk.slice(from, at));
    if (start === null || this.parseKey(start[1]!) !== this.list) return false;
    this.text = '';
    this.index = 0;
    return true;
  }

  private closeOrSeparate(chunk: string, at: number, from: number): boolean {
    const isClose = chunk[at] !== ',';
    const level = this.index === null ? 1 : 2;
    if (isClose) this.depth -= 1;
    if (this.depth + Number(isClose) !== level) return false;
    this.keep(chunk.slice(from, at));
    this.take();
    if (isClose && level === 1) this.isClosed = true;
    if (isClose) this.index = null;
    return true;
  }

  private keep(piece: string): void {
    this.text += piece;
    if (this.text.length > MOST_OF_MEMBER) this.refuse('a part of the JSON is longer than 256 Mi characters');
  }

  private take(): void {
    const text = this.text;
    this.text = '';
    // Between the end of the list and the next comma there is nothing.
    if (text.trim() === '') return;
    if (this.index !== null) {
      this.found.push({ key: this.list, index: this.index, text });
      this.index += 1;
      return;
    }
    const start = MEMBER_START.exec(text);
    if (start === null)
      return this.refuse(`the JSON is broken: ${JSON.stringify(text.slice(0, 40))} is no member`);
    this.found.push({ key: this.parseKey(start[1]!), index: null, text: text.slice(start[0].length) });
  }

  private parseKey(quoted: string): string {
    try {
      return JSON.parse(quoted) as string;
    } catch {
      return this.refuse(`the JSON is broken: ${quoted.slice(0, 40)} is no name of a member`);
    }
  }

  private refuse(found: string): never {
    throw new UnreadableSourceError(this.path, null, found);
  }
}

/**
 * The members of the outermost object, without holding more than one of them; the list `list` comes element by element.
 * Members are not parsed: one that is skipped costs little.
 *
 * @throws UnreadableSourceError when the text is no object, or ends before the object does
 */
export async function* readJsonMembers(
  file: Pick<SourceFile, 'path'>,
  list: string,
): AsyncGenerator<JsonMember> {
  const cutter = new MemberCutter(file.path, list);
  for await (const chunk of readChunks(file)) {
    cutter.push(chunk);
    yield* cutter.found.splice(0);
  }
  cutter.finish();
}
