// The log of writes: author, time, changes with values before → after; newest first.

import { $, make, plain } from "./dom.js";

const KEPT = 300;
const COLOR = /^#[0-9a-f]{6}$/;
const entries = new Map();
const list = $("log");

export function begin() {
  const box = $("by-hand");
  box.addEventListener("change", () => list.classList.toggle("writes-only", !box.checked));
}

export function clear() {
  entries.clear();
  list.replaceChildren();
}

export function told(log, { show, revert }) {
  for (const entry of log) {
    const item = row(entry, show, revert);
    const old = entries.get(entry.number);
    if (old) old.replaceWith(item); else list.prepend(item);
    entries.set(entry.number, item);
  }
  while (entries.size > KEPT) {
    const [number, item] = entries.entries().next().value;
    item.remove();
    entries.delete(number);
  }
}

function row(entry, show, revert) {
  const when = new Date(entry.time * 1000);
  const who = entry.write ? entry.who : entry.who === "Live" ? "In Live" : entry.who;
  const place = entry.changes.find((change) => change.id);
  const named = plain(entry.changes[0] ? `${entry.changes[0].where} ${entry.changes[0].what}` : "this");
  const item = make("li", { className: entry.write ? "" : "by-hand" },
    make("span", { className: "who", text: who }), " ",
    make("time", { datetime: when.toISOString(), text: when.toLocaleTimeString() }),
    make("ul", {}, ...entry.changes.map(change), entry.more ? make("li", { className: "more", text: `and ${entry.more} more` }) : null),
    place ? make("button", { type: "button", text: "Show", "aria-label": `Show ${named}`, on: () => show(place.id, entry.epoch) }) : null);
  if (entry.write && revert) {
    item.append(make("button", { type: "button", text: "Revert", "aria-label": `Revert ${named}`, on: (event) => revert(entry.write, event.currentTarget) }));
  }
  return item;
}

function change({ where, what, before, after }) {
  const item = make("li", {}, make("span", { text: [where, what].filter(Boolean).join(" ") }));
  if (before || after) {
    item.append(": ");
    if (before) item.append(value("before", before), " → ");
    item.append(value("after", after || "nothing"));
  }
  return item;
}

function value(className, text) {
  const shown = make(className === "before" ? "s" : "span", { className, text });
  if (COLOR.test(text)) {
    const swatch = make("span", { className: "swatch" });
    swatch.style.background = text;
    shown.prepend(swatch);
  }
  return shown;
}
