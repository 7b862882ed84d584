"use strict";
// Draws the moments of a recorded run. All numbers come from the element with id "run".
const run = JSON.parse(document.getElementById("run").textContent);
const frames = run.frames, last = frames.length - 1;
const by = id => document.getElementById(id);
const [word, headline, statement, count, slider, button] =
  ["word", "headline", "statement", "count", "moment", "play"].map(by);
const W = 480, H = 400, NS = "http://www.w3.org/2000/svg";
const whole = n => n.toLocaleString("en-US");

function add(parent, name, facts, words) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(facts)) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = words;
  parent.append(made);
  return made;
}

function plot(title) {
  const svg = add(by("plots"), "svg", {viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": title});
  add(svg, "text", {x: 0, y: 20, class: "title"}, title);
  return svg;
}

// Votes: a bar for every class, at the share of all samples that were asked.
function votes() {
  const svg = plot("Votes"), top = 44, left = 130, wide = W - left - 20;
  const rows = [...run.classes, "no class"].filter((_, i) => i < run.classes.length || frames[last].f);
  const step = Math.min(40, (H - top - 40) / rows.length);
  const bars = rows.map((name, i) => {
    const y = top + i * step;
    const short = name.length > 14 ? name.slice(0, 13) + "…" : name;
    const label = add(svg, "text", {x: left - 8, y: y + step * 0.62, "text-anchor": "end"}, short);
    add(label, "title", {}, name);
    if (i === run.top) label.setAttribute("class", "strong");
    const fill = i === run.top ? "var(--accent)" : "var(--rest)";
    return [add(svg, "rect", {x: left, y: y + 3, height: step - 6, width: 0, fill}),
      add(svg, "text", {x: left, y: y + step * 0.62}, "")];
  });
  const foot = top + rows.length * step, at = left + run.threshold * wide;
  add(svg, "line", {x1: at, x2: at, y1: top, y2: foot, stroke: "var(--ink)", "stroke-dasharray": "5 4"});
  add(svg, "text", {x: at, y: foot + 18, "text-anchor": "middle"}, run.mark);
  return frame => bars.forEach(([bar, label], i) => {
    const votes = i < run.classes.length ? frame.c[i] : frame.f, share = frame.n ? votes / frame.n : 0;
    bar.setAttribute("width", share * wide);
    label.textContent = whole(votes) + (frame.n ? ` · ${(Math.floor(1000 * share) / 10).toFixed(1)} %` : "");
    const inside = share > 0.6;
    label.setAttribute("x", left + share * wide + (inside ? -8 : 8));
    label.setAttribute("text-anchor", inside ? "end" : "start");
    label.style.fill = inside ? "var(--paper)" : "";
  });
}

// Bounds: what may be claimed of the top class and of all others, over n on a logarithmic axis.
function bounds() {
  const told = frames.filter(frame => frame.n > 0 && frame.lo !== null);
  if (told.length < 2) return () => {};
  const svg = plot("What may be claimed, over n");
  const [left, right, top, foot] = [46, W - 20, 62, H - 50];
  const low = Math.log(told[0].n), high = Math.log(Math.max(run.plan, told[told.length - 1].n));
  const x = n => left + (right - left) * (Math.log(n) - low) / Math.max(1e-9, high - low);
  const y = p => foot - (foot - top) * p;
  for (const p of [0, 0.25, 0.5, 0.75, 1]) {
    add(svg, "line", {x1: left, x2: right, y1: y(p), y2: y(p), stroke: "var(--grid)"});
    add(svg, "text", {x: left - 6, y: y(p) + 5, "text-anchor": "end"}, p);
  }
  add(svg, "line", {x1: left, x2: right, y1: y(run.threshold), y2: y(run.threshold),
    stroke: "var(--ink)", "stroke-dasharray": "5 4"});
  for (const n of [told[0].n, told[told.length - 1].n])
    add(svg, "text", {x: x(n), y: foot + 20, "text-anchor": n === told[0].n ? "start" : "end"}, whole(n));
  add(svg, "text", {x: (left + right) / 2, y: foot + 40, "text-anchor": "middle"}, "votes n, log scale");
  const line = colour => add(svg, "path", {fill: "none", stroke: colour, "stroke-width": 3});
  const [lower, upper] = [line("var(--accent)"), line("var(--upper)")];
  const words = add(svg, "text", {x: right, y: 48, "text-anchor": "end", class: "strong"}, "");
  const probe = add(svg, "line", {y1: top, y2: foot, stroke: "var(--axis)", visibility: "hidden"});
  let shown = frames[last], pointed = null;
  const say = frame => {
    words.textContent = frame.lo === null ? "" :
      `n = ${whole(frame.n)}: p lower ${frame.lo}, others ≤ ${frame.hi}${frame.ok ? "" : " (no claim yet)"}`;
  };
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect(), at = (event.clientX - box.left) * W / box.width;
    pointed = told.reduce((a, b) => Math.abs(x(b.n) - at) < Math.abs(x(a.n) - at) ? b : a);
    probe.setAttribute("x1", x(pointed.n));
    probe.setAttribute("x2", x(pointed.n));
    probe.setAttribute("visibility", "visible");
    say(pointed);
  });
  svg.addEventListener("pointerleave", () => {
    pointed = null;
    probe.setAttribute("visibility", "hidden");
    say(shown);
  });
  return frame => {
    shown = frame;
    const seen = told.filter(one => one.n <= frame.n);
    const way = key => seen.map((one, i) => `${i ? "L" : "M"}${x(one.n)} ${y(one[key])}`).join("");
    lower.setAttribute("d", way("lo"));
    upper.setAttribute("d", way("hi"));
    if (!pointed) say(frame);
  };
}

// The certified ball as a disc that grows to its last radius.
function disc() {
  const most = Math.max(...frames.map(frame => frame.r || 0));
  if (!most) return () => {};
  const svg = plot("Certified radius"), [cx, cy, room] = [W / 2, 224, 160];
  add(svg, "circle", {cx, cy, r: room, fill: "none", stroke: "var(--grid)"});
  const ball = add(svg, "circle", {cx, cy, r: 0, fill: "var(--good)", "fill-opacity": 0.25,
    stroke: "var(--good)", "stroke-width": 4});
  add(svg, "path", {d: `M${cx - 6} ${cy}h12M${cx} ${cy - 6}v12`, stroke: "var(--ink)", "stroke-width": 2});
  const words = add(svg, "text", {x: cx, y: cy - 14, "text-anchor": "middle", class: "strong"}, "");
  return frame => {
    ball.setAttribute("r", room * (frame.r || 0) / most);
    words.textContent = frame.r ? `R = ${frame.r}` : "nothing certified";
  };
}

const parts = [votes(), bounds(), disc()], figure = by("region");
let at = last, playing = null;

function show(index) {
  at = Math.max(0, Math.min(last, index));
  const frame = frames[at];
  parts.forEach(draw => draw(frame));
  [word.textContent, word.className, headline.textContent] = [frame.word, frame.tone, frame.claim];
  statement.className = at < last ? "early" : "";
  if (figure) figure.style.visibility = at < last ? "hidden" : "visible";
  count.textContent = `${whole(frame.n)} of ${whole(run.plan)} votes`;
  slider.value = at;
  slider.setAttribute("aria-valuetext", count.textContent);
}

function stop() {
  clearInterval(playing);
  playing = null;
  button.textContent = "Play";
}

function play() {
  if (playing) return stop();
  if (at >= last) show(0);
  button.textContent = "Pause";
  const pause = Math.max(30, 8000 / frames.length);
  playing = setInterval(() => at >= last ? stop() : show(at + 1), pause);
}

slider.max = last;
slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
button.addEventListener("click", play);
document.addEventListener("keydown", event => {
  if (event.key === " " && event.target !== button) { event.preventDefault(); play(); }
  if (event.target === slider) return;
  if (event.key === "ArrowRight") { stop(); show(at + 1); }
  if (event.key === "ArrowLeft") { stop(); show(at - 1); }
});
if (last === 0) document.querySelector(".bar").hidden = true;
show(last);
