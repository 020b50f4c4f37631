/** Beyond the indentation of the line that goes on. */
const HANGING = 4;

/** Narrower, a column of single words would come out. */
const LEAST_WIDTH = 40;

function wrapLine(line: string, width: number): string {
  const indentation = ' '.repeat(line.length - line.trimStart().length + HANGING);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    // What has no space to break at, such as a path, stays in one piece.
    if (rest.slice(0, space).trim() === '') break;
    lines.push(rest.slice(0, space).trimEnd());
    rest = indentation + rest.slice(space + 1).trimStart();
  }
  return [...lines, rest].join('\n');
}

/**
 * Text for a terminal of `columns`: what goes on in another line is indented. Documents, which a program may read, and whatever
 * goes to no terminal (`columns` undefined) stay as they are.
 */
export function wrapText(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < LEAST_WIDTH || /^[[{]/.test(text)) return text;
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}
