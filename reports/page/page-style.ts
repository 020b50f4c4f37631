/** The report's whole style sheet: light and dark, phone to desk, print. Colours are variables so that figures follow. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #ffffff; --ink: #1f2328; --muted: #5b626d; --rule: #dfdcd4; --grid: #eceae4;
  --accent: #9a5b13; --entropy-color: #d9482b; --code: #f3f1ec; --shadow: #1f232855;
  --better: #1a7450; --worse: #b0402a; --suggestive: #8a6100; --neutral: #5b626d;
  --baseline: #6b7280;
  --series-1: #2563c4; --series-2: #c6521c; --series-3: #1b7f62; --series-4: #8345b5;
  --series-5: #96700a; --series-6: #0c7c95; --series-7: #bd3b73; --series-8: #64771c;
  --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, 'Book Antiqua', 'URW Palladio L', Georgia, serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif;
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131518; --card: #1a1d21; --ink: #e5e3de; --muted: #9ca3ad; --rule: #30343a; --grid: #272b30;
    --accent: #e0a85c; --entropy-color: #f0603f; --code: #22262b; --shadow: #e5e3de66;
    --better: #5cc596; --worse: #f08a70; --suggestive: #dcb04c; --neutral: #9ca3ad;
    --baseline: #a3aab5;
    --series-1: #7fabff; --series-2: #ff9b66; --series-3: #55c7a0; --series-4: #c79bf0;
    --series-5: #dfba55; --series-6: #58c4da; --series-7: #f08ab3; --series-8: #b2c761;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 var(--sans); overflow-wrap: break-word; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
header { padding-top: clamp(1rem, 3vw, 1.6rem); }
.kicker { margin: 0; font-size: .75rem; letter-spacing: .14em; text-transform: uppercase; color: var(--accent); font-weight: 600; }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.6rem, 4vw, 2.1rem); margin: .15rem 0 .3rem; letter-spacing: -.012em; }
h2 { font-size: clamp(1.35rem, 3.4vw, 1.75rem); margin: 0 0 .5rem; }
h3 { font-size: 1.08rem; margin: 1.6rem 0 .4rem; }
.question { font: italic clamp(1.05rem, 2.4vw, 1.3rem)/1.5 var(--serif); color: var(--muted); margin: 0; max-width: 46rem; }
p, li { max-width: 44rem; }
p { margin: .5rem 0; }
.lead { color: var(--muted); margin-bottom: 1.2rem; }
.facts { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: .6rem 0 0; padding: .5rem 0 0; border-top: 1px solid var(--rule); }
.facts div { display: flex; gap: .45rem; align-items: baseline; }
.facts dt { color: var(--muted); font-size: .85rem; order: 2; }
.facts dd { margin: 0; font: 600 1.15rem var(--serif); font-variant-numeric: tabular-nums; }
nav { border-block: 1px solid var(--rule); margin-top: .6rem; --surface: var(--paper); }
/* A shadow at the side on which there is more: covers move with the content and hide it at either end. */
nav, .scroll {
  overflow-x: auto; scrollbar-width: thin; background-color: var(--surface); background-repeat: no-repeat;
  background-image:
    linear-gradient(to right, var(--surface) 40%, transparent), linear-gradient(to left, var(--surface) 40%, transparent),
    linear-gradient(to right, var(--shadow), transparent), linear-gradient(to left, var(--shadow), transparent);
  background-position: left, right, left, right; background-size: 3rem 100%, 3rem 100%, 1.1rem 100%, 1.1rem 100%;
  background-attachment: local, local, scroll, scroll;
}
nav ul { display: flex; gap: 1.3rem; list-style: none; margin: 0; padding: .55rem 0; white-space: nowrap; font-size: .88rem; }
a { color: inherit; text-decoration-color: var(--accent); text-underline-offset: .2em; }
nav a { text-decoration: none; color: var(--muted); padding: .3rem 0; }
nav a:hover, nav a:focus-visible { color: var(--ink); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
section { padding: clamp(2rem, 5vw, 3.2rem) 0 0; scroll-margin-top: 1rem; }
section:first-child { padding-top: 1rem; }
.answer { list-style: none; padding: 0; margin: 0; }
.answer li { font: 1.08rem/1.45 var(--serif); max-width: 60rem; margin: .3rem 0; }
.answer.long li { font-size: .95rem; }
.opening { display: grid; grid-template: 'answer' 'table' 'forest' / minmax(0, 1fr); gap: .8rem 1.6rem; align-items: start; }
.opening .answer { grid-area: answer; } .opening .scroll { grid-area: table; margin: 0; } .opening figure { grid-area: forest; }
.opening table { font-size: .9rem; } .opening th, .opening td { padding-block: .26rem; } .opening caption { padding-block: .35rem; }
.opening figcaption { margin-top: .2rem; }
@media (min-width: 62rem) { .opening.drawn { grid-template: 'answer forest' auto 'table table' auto / minmax(0, 1fr) 23rem; } }
.better { --tone: var(--better); } .worse { --tone: var(--worse); }
.suggestive { --tone: var(--suggestive); } .no-evidence { --tone: var(--neutral); }
.figures.single { max-width: 36rem; }
.numbers { color: var(--muted); font-size: .9rem; font-variant-numeric: tabular-nums; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; margin: 0 0 1rem; font-size: .88rem; }
.legend li { display: inline-flex; align-items: center; gap: .45rem; }
.legend svg { width: 26px; height: 10px; flex: none; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18.5rem), 1fr)); gap: 1rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: .8rem; min-width: 0; }
figure svg { display: block; width: 100%; height: auto; margin: 0 auto; font-family: var(--sans); overflow: visible; }
figcaption { color: var(--muted); font-size: .84rem; line-height: 1.45; margin: .7rem 0 0; max-width: 44rem; }
.figures + figcaption, .caption { color: var(--muted); font-size: .88rem; margin-top: .8rem; }
.scroll { border: 1px solid var(--rule); border-radius: 6px; --surface: var(--card); margin-top: .8rem; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .6rem .8rem; color: var(--muted); font-size: .84rem; }
th, td { padding: .42rem .8rem; text-align: left; border-top: 1px solid var(--grid); white-space: nowrap; vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; border-top: 0; border-bottom: 1px solid var(--rule); }
tbody th { font-weight: 500; }
.number { text-align: right; }
.wide { white-space: normal; min-width: 14rem; }
.map .scroll { max-height: 32rem; overflow-y: auto; }
.map thead th { position: sticky; top: 0; background: var(--card); z-index: 1; }
.map th, .map td { padding: .1rem .5rem; font-size: .82rem; scroll-margin: 40vh; vertical-align: middle; } .map td { padding: 1px; }
.map td:last-child { padding-right: .8rem; } .map span[id] { scroll-margin: 40vh; font-family: var(--mono); }
.share { display: block; min-width: 4rem; min-height: 1.5rem; padding: .1rem .6rem; text-decoration: none; color: var(--ink); background: color-mix(in srgb, var(--better) calc(var(--share) * .45), transparent); }
a.share:hover, a.share:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.answers { display: none; }
.answers:has(:target) { display: block; position: fixed; z-index: 2; inset: auto 0 0 auto; width: min(46rem, 100vw); max-height: 85vh; overflow: auto; padding: .8rem 1rem; background: var(--card); border: 1px solid var(--rule); border-top: 3px solid var(--accent); box-shadow: 0 0 2rem var(--shadow); }
.answers p { margin: .2rem 0; } .answers h3 { margin: .4rem 0 0; }
.close { float: right; padding: .2rem .6rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 0 1.2rem; }
.side { display: none; min-width: 0; } .side.reference, .side:target { display: block; }
code, .hash { font-family: var(--mono); font-size: .86em; }
details { background: var(--card); border: 1px solid var(--rule); border-radius: 6px; margin-top: .7rem; }
summary { cursor: pointer; padding: .6rem .9rem; font-weight: 500; }
details > :not(summary) { margin-inline: .9rem; }
details > :last-child { margin-bottom: .9rem; }
.rollout { border-top: 1px solid var(--grid); padding: .7rem 0 0; margin-top: .7rem; }
.rollout p { margin: 0; font-size: .86rem; color: var(--muted); }
pre { background: var(--code); border-radius: 4px; padding: .6rem .8rem; margin: .4rem 0; font: .82rem/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
.token.held { opacity: .55; }
.token { background: color-mix(in srgb, var(--entropy-color) calc(var(--entropy) * .6), transparent); border-radius: 2px; border-bottom: 2px solid transparent; }
.reinforced { border-bottom-color: var(--better); } .discouraged { border-bottom: 2px dotted var(--worse); }
.filter { border: 0; padding: 0; margin: 0 0 .6rem; display: flex; gap: 1.2rem; font-size: .9rem; }
.filter legend { float: left; margin-right: 1.2rem; padding: 0; color: var(--muted); }
.filter label { display: inline-flex; align-items: center; gap: .35rem; min-height: 1.5rem; }
.filter:has([value='wrong']:checked) ~ .rollouts .is-right, .filter:has([value='right']:checked) ~ .rollouts .is-wrong { display: none; }
.tag { color: var(--tone); font-weight: 600; }
.correct { --tone: var(--better); } .incorrect { --tone: var(--worse); } .malformed, .unverifiable { --tone: var(--suggestive); }
.formulas dt { font-weight: 600; margin-top: 1rem; }
.formulas dd { margin: .15rem 0 0; max-width: 44rem; }
.formulas .formula { font: italic 1rem/1.6 var(--serif); }
.notice h3 { margin-top: 0; }
.notice ul { margin: 0; padding-left: 1.2rem; font-size: .88rem; }
.notice { margin-top: 1.2rem; border-left: 4px solid var(--suggestive); background: var(--card); padding: .6rem 1rem; border-radius: 4px; }
p.partial { max-width: none; }
footer { color: var(--muted); font-size: .84rem; padding-block: 3rem 2.5rem; }
@media print { nav, .skip { display: none; } section { break-inside: avoid; } body { background: #fff; } }
`;
