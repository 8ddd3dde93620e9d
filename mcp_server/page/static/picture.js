// The visible view: parts of a large picture, fetched when they become visible; playheads and meters over them.

import { $, make } from "./dom.js";

const AHEAD = 0.6; // the part of a screen around the visible area that is fetched too
const layers = { head: $("head"), side: $("side"), body: $("body") };
const corner = $("corner"), scroller = $("scroller"), plane = $("plane"), playhead = $("playhead"), mark = $("mark");

let say = () => {};
let layout = null, shown = new Map(), wanted = "", clock = null, marking = null, pending = false;

export const state = { view: "session", target: null, zoom: 1, theme: null, hidden: false };
// `theme` replaces the system's theme; `hidden` is true for an invisible picture in a visible document.

export function begin(send, choose) {
  say = send;
  scroller.addEventListener("scroll", () => { if (!pending) { pending = true; requestAnimationFrame(want); } }, { passive: true });
  new ResizeObserver(() => { clearTimeout(begin.timer); begin.timer = setTimeout(look, 120); }).observe(scroller);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => look());
  document.addEventListener("visibilitychange", () => look());
  plane.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-ref]");
    if (cell && state.view !== "notes") choose(cell.dataset.ref);
  });
  requestAnimationFrame(frame);
}

export function look(force = false) {
  const message = {
    do: "look", view: state.view, target: state.target, zoom: state.zoom, width: scroller.clientWidth || 800,
    theme: state.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
    visible: document.visibilityState === "visible" && !state.hidden,
  };
  const text = JSON.stringify(message);
  if (!force && text === look.last) return;
  const { visible, ...how } = message;
  const changed = force || JSON.stringify(how) !== look.how;
  look.last = text;
  look.how = JSON.stringify(how);
  if (changed) wanted = "";
  say(message);
  if (changed && layout?.view === state.view) want();
}

export function told(message) {
  if (message.layout) place(message.layout);
  for (const [key, svg] of Object.entries(message.parts ?? {})) {
    const part = shown.get(key);
    if (part) part.innerHTML = svg; // written by the server's renderer, which escapes every name
  }
  if (message.song !== undefined && state.view === "arrangement") run(message.song);
  if (message.clip !== undefined && state.view === "notes") run(message.clip);
  if (message.meters) meter(message.meters);
}

function place(next) {
  const same = layout && layout.view === next.view && layout.target === next.target;
  if (!same) { clear(); scroller.scrollTo(0, 0); clock = null; }
  layout = next;
  if (next.view === state.view) state.target = next.target;
  plane.style.width = `${next.width}px`;
  plane.style.height = `${next.height}px`;
  plane.style.background = corner.style.background = next.ground;
  layers.head.style.width = `${next.width}px`;
  corner.style.width = `${next.side}px`;
  corner.style.height = `${next.head}px`;
  for (const [key, part] of shown) {
    const at = next.areas.find((each) => each[0] === key);
    if (at) put(part, at); else { part.remove(); shown.delete(key); }
  }
  wanted = "";
  want();
}

function clear() {
  for (const part of shown.values()) part.remove();
  shown.clear();
  document.querySelectorAll(".meter").forEach((each) => each.remove());
}

function put(part, [, layer, x, y, width, height]) {
  part.style.left = `${x}px`;
  part.style.top = `${y}px`;
  part.style.width = `${width}px`;
  part.style.height = `${height}px`;
}

function want() {
  pending = false;
  if (!layout) return;
  const { scrollLeft: left, scrollTop: top, clientWidth: wide, clientHeight: tall } = scroller;
  const x = [left - wide * AHEAD, left + wide * (1 + AHEAD)], y = [top - tall * AHEAD, top + tall * (1 + AHEAD)];
  const keys = [];
  for (const at of layout.areas) {
    const [key, layer, px, py, width, height] = at;
    const across = layer === "side" || (px < x[1] && px + width > x[0]);
    const down = layer === "head" || (py < y[1] && py + height > y[0]);
    if (!(across && down)) continue;
    keys.push(key);
    if (!shown.has(key)) {
      const part = make("div", { className: "part" });
      put(part, at);
      layers[layer].append(part);
      shown.set(key, part);
    }
  }
  for (const [key, part] of shown) {
    if (!keys.includes(key)) { part.remove(); shown.delete(key); }
  }
  const text = keys.join(" ");
  if (text !== wanted) { wanted = text; say({ do: "want", keys }); }
}

// -- what moves ------------------------------------------------------------------------------------------------

const EASE_MS = 400, JUMP = 0.5; // a playhead that is off by less beats moves smoothly to the sample; others jump

function run(told) {
  const shown = clock?.playing && told?.playing ? beatsNow() : null;
  clock = told && { ...told, at: performance.now(), off: 0 };
  if (shown !== null && Math.abs(shown - told.beats) < JUMP) clock.off = shown - told.beats;
}

function beatsNow() {
  const age = performance.now() - clock.at;
  let beats = clock.beats + clock.off * Math.max(0, 1 - age / EASE_MS);
  if (clock.playing) beats += (age / 60000) * clock.tempo;
  if (clock.loop) {
    const [start, end] = clock.loop;
    if (clock.beats < end && beats >= end && end > start) beats = start + ((beats - start) % (end - start));
  }
  return beats;
}

function frame() {
  const per = layout?.scale?.per_beat;
  const on = clock && per && layout.view === state.view;
  playhead.hidden = !on;
  if (on) {
    const x = layout.scale.left + (beatsNow() - layout.scale.start) * per;
    playhead.style.top = `${layout.scale.top}px`;
    playhead.style.height = `${layout.height - layout.scale.top}px`;
    playhead.style.transform = `translateX(${x}px)`;
    playhead.hidden = x < layout.scale.left || x > layout.width;
  }
  requestAnimationFrame(frame);
}

function meter(levels) {
  if (layout?.view !== "mixer") return;
  const { strip, meters, meter: wide, top, tall } = layout.scale;
  const strips = new Map();
  for (const each of document.querySelectorAll("#body rect[data-ref]")) strips.set(each.dataset.ref, each);
  const live = new Set();
  for (const [ref, pair] of Object.entries(levels)) {
    const part = strips.get(ref)?.closest(".part");
    if (!part) continue;
    const offset = Number(strips.get(ref).getAttribute("x"));
    pair.forEach((level, n) => {
      const id = `meter ${n} ${ref}`;
      let bar = part.querySelector(`[data-meter="${id}"]`);
      if (!bar) {
        bar = make("div", { className: "meter", "data-meter": id });
        bar.style.cssText = `left:${offset + meters[n]}px;top:${top}px;width:${wide}px;height:${tall}px`;
        part.append(bar);
      }
      bar.style.transform = `scaleY(${Math.min(1, level)})`;
      live.add(bar);
    });
  }
  document.querySelectorAll(".meter").forEach((bar) => { if (!live.has(bar)) bar.remove(); });
}

export function point(box) {
  const [x, y, width, height] = box;
  const smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  scroller.scrollTo({
    // Not under the names, which are always visible.
    left: Math.max(0, x - Math.max(scroller.clientWidth / 3, layout.side + 8)),
    top: Math.max(0, y - Math.max(scroller.clientHeight / 3, layout.head + 8)), behavior: smooth,
  });
  Object.assign(mark.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  mark.hidden = false;
  clearTimeout(marking);
  marking = setTimeout(() => { mark.hidden = true; }, 4000);
}
