import type { Markup } from '../page/html.ts';
import { PAGE_STYLE } from '../page/page-style.ts';

/** The colour variables of the page, which an image outside of it does not inherit. */
const VARIABLES = PAGE_STYLE.slice(0, PAGE_STYLE.indexOf('*, *::before'));

/** An inline figure of the report as an image file of its own, light or dark as its reader prefers. */
export function toStandaloneSvg({ markup }: Markup): string {
  const style = `<style>${VARIABLES}svg { background: var(--card); color: var(--ink); font-family: var(--sans); }</style>`;
  return `${markup.replace(/^(<svg [^>]*>)/, `$1${style}`)}\n`;
}
