import { FIGURE_WIDTH } from './figure-renderer.ts';

const FONT_SIZE = 11;
/** Mean width of a character in user units, of a wide font, so that a label never reaches the plot. */
const CHARACTER_WIDTH = 6.4;
const LINE_HEIGHT = 13;
const GAP = 10;
/** Room at the right, for the last label of the axis. */
const RIGHT = 14;
/** Labels of an axis, and its title. */
const BOTTOM = 36;
const TITLE = 26;
const MOST_LINES = 2;

export interface ColumnSize {
  /** Of the whole drawing, in user units. */
  readonly width?: number;
  /** Of a label's line; what is longer goes on in a second one, and is cut there. */
  readonly characters?: number;
  readonly rowHeight?: number;
  readonly hasTitle?: boolean;
}

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/** The text in up to two lines of so many characters, broken behind a space, slash or hyphen where there is one. */
export function wrapLabel(text: string, characters: number): string[] {
  const words = text.match(/[^ /-]*[ /-]?/g)!.filter((word) => word !== '');
  const lines = [''];
  for (const word of words) {
    const fits = `${lines.at(-1)}${word}`.trimEnd().length <= characters;
    if (fits || lines.at(-1) === '' || lines.length === MOST_LINES) lines[lines.length - 1] += word;
    else lines.push(word);
  }
  return lines.map((line) => cut(line.trimEnd(), characters));
}

/**
 * Row labels in a column of their own, left of the plot, so that neither grid nor zero line crosses a letter. A label is one text,
 * or several below each other. The size is set in full: the renderer measures text too coarsely to leave the column its width.
 *
 * @returns what the specification takes over, and the layers of the labels, whose rows carry their key as `row`
 */
export function labelColumn(
  labels: readonly { readonly row: string | number; readonly text: string | readonly string[] }[],
  { width = FIGURE_WIDTH, characters = 20, rowHeight = 24, hasTitle = true }: ColumnSize = {},
) {
  const wrapped = labels.map(({ row, text }) => ({
    row,
    lines: [text].flat().flatMap((part) => wrapLabel(part, characters)),
  }));
  const longest = Math.max(...wrapped.flatMap(({ lines }) => lines.map((line) => line.length)));
  const most = Math.max(...wrapped.map(({ lines }) => lines.length));
  const left = Math.ceil(longest * CHARACTER_WIDTH) + GAP;
  const y = {
    field: 'row',
    type: 'nominal',
    scale: { domain: labels.map(({ row }) => row) },
    axis: null,
  } as const;
  const texts = wrapped.flatMap(({ row, lines }) =>
    lines.map((text, i) => ({ row, text, dy: (i - (lines.length - 1) / 2) * LINE_HEIGHT })),
  );
  const layers = [...new Set(texts.map(({ dy }) => dy))].map((dy) => ({
    data: { values: texts.filter((text) => text.dy === dy) },
    mark: {
      type: 'text',
      align: 'left',
      baseline: 'middle',
      dy,
      fontSize: FONT_SIZE,
      color: 'currentColor',
    } as const,
    encoding: { y, x: { value: -left }, text: { field: 'text' } } as const,
  }));
  const spec = {
    autosize: { type: 'none' } as const,
    padding: { left, right: RIGHT, top: hasTitle ? TITLE : 4, bottom: BOTTOM },
    width: width - left - RIGHT,
    height: labels.length * Math.max(rowHeight, most * LINE_HEIGHT + 6),
  };
  /** The title starts above the labels. */
  const title = (text: string) => ({ text, dx: -left });
  return { spec, y, layers, title };
}
