/** The rows of a CSV text as header → cell (RFC 4180: quoted cells may hold commas, quotes and line ends). */
export function parseCsv(text: string): Record<string, string>[] {
  const cells = /(?:^|,|\r?\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/gy;
  const rows: string[][] = [];
  for (const [whole, quoted, plain] of text.trimEnd().matchAll(cells)) {
    if (!whole.startsWith(',')) rows.push([]);
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
  }
  const [header = [], ...body] = rows;
  return body.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? ''])));
}
