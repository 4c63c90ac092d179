/** The style of the pages: the window's colours, in one column that fits a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f6f4; --surface: #ffffff; --sunken: #efefec; --line: #e2e2dd; --control: #8a8f8a;
  --ink: #1b1d1f; --ink-2: #5c6166; --accent: #0a726d; --on-accent: #ffffff; --accent-soft: #dff2f0;
  --good: #2a7235; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1013; --surface: #14181c; --sunken: #0a0c0f; --line: #262c32; --control: #646d75;
    --ink: #e8ecef; --ink-2: #a0a8af; --accent: #3fc1b8; --on-accent: #06201f; --accent-soft: #10302f;
    --good: #6cc07a; --bad: #f28b82;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; padding: 32px 16px 48px; background: var(--page); color: var(--ink);
  font: 15px/1.45 Inter, system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif;
}
main, header, footer { max-width: 680px; margin: 0 auto; }
header { display: flex; align-items: center; gap: 8px; margin-bottom: 28px; font-weight: 600; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; letter-spacing: -0.01em; }
p { margin: 0; }
.quiet { color: var(--ink-2); }
.small { font-size: 13px; }
.top { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: 16px; margin-bottom: 20px; }
.top > div { flex: 1 1 260px; min-width: 0; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 44px; padding: 0 18px;
  border: 1px solid var(--control); border-radius: 8px; background: var(--surface); color: var(--ink);
  font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; white-space: nowrap;
}
.button:hover { background: var(--sunken); }
.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.primary:hover { background: var(--accent); filter: brightness(1.08); }
.primary span { font-weight: 400; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
ul { list-style: none; margin: 0; padding: 0; }
li + li { border-top: 1px solid var(--line); }
.row { display: flex; align-items: center; gap: 12px; padding: 12px 16px; color: inherit; text-decoration: none; min-height: 52px; }
a.row:hover { background: var(--sunken); }
.row svg { flex: none; color: var(--ink-2); }
a.row:hover .get { color: var(--accent); }
.name { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.name span { display: block; color: var(--ink-2); font-size: 13px; }
.size { flex: none; color: var(--ink-2); font-size: 13px; font-variant-numeric: tabular-nums; }
nav { display: flex; justify-content: space-between; gap: 12px; margin-top: 16px; }
footer { margin-top: 28px; color: var(--ink-2); font-size: 12px; }
code { display: block; margin-top: 4px; font: 12px/1.5 ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
form, .panel { display: grid; gap: 12px; padding: 20px 16px; }
#list:not(:empty) { border-top: 1px solid var(--line); }
label { display: grid; gap: 6px; font-weight: 600; }
input[type='password'] {
  width: 100%; min-height: 44px; padding: 0 12px; border: 1px solid var(--control); border-radius: 8px;
  background: var(--page); color: var(--ink); font: inherit; font-size: 17px; letter-spacing: 0.08em;
}
.bad { color: var(--bad); }
.good { color: var(--good); }
.drop {
  display: grid; justify-items: center; gap: 10px; padding: 44px 20px; text-align: center;
  border: 2px dashed var(--control); border-radius: 12px; background: var(--surface);
}
.drop.over { border-color: var(--accent); border-style: solid; background: var(--accent-soft); }
.away { position: absolute; width: 1px; height: 1px; opacity: 0; }
.drop:focus-within { outline: 2px solid var(--accent); outline-offset: 2px; }
.drop strong { font-size: 17px; }
.bar { width: 100%; height: 6px; border: 0; border-radius: 3px; background: var(--line); overflow: hidden; appearance: none; }
.bar::-webkit-progress-bar { background: var(--line); }
.bar::-webkit-progress-value { background: var(--accent); }
.bar::-moz-progress-bar { background: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: 12px; }
`
