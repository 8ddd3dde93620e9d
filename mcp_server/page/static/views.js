// The views: tabs, zoom, and the description of the view.

import { $, make, plain } from "./dom.js";
import * as picture from "./picture.js";

const NAMES = { session: "Session", arrangement: "Arrangement", mixer: "Mixer", notes: "Notes", device: "Device" };
const tabs = [...document.querySelectorAll('[role="tab"]')];
let words = [], buttons = [];

export function begin(say) {
  picture.begin(say, (ref) => {
    const line = words.find((each) => each.ref === ref);
    if (line) choose("notes", line.show);
  });
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab.dataset.view));
  document.querySelector('[role="tablist"]').addEventListener("keydown", (event) => {
    const shown = tabs.filter((tab) => !tab.hidden), at = shown.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const tab = shown[(to + shown.length) % shown.length];
    tab.focus();
    choose(tab.dataset.view);
  });
  for (const [id, by] of [["zoom-in", 2], ["zoom-out", 0.5]]) {
    $(id).addEventListener("click", () => {
      picture.state.zoom = Math.min(64, Math.max(1, picture.state.zoom * by));
      picture.look();
    });
  }
  $("words").addEventListener("toggle", () => { if ($("words").open) listWords(); });
}

export function offer(more) {
  // Further buttons of a clip in words, each { name, run(ref) }.
  buttons = more;
}

export function choose(view, target = null, zoom = 1) {
  Object.assign(picture.state, { view, target, zoom });
  for (const tab of tabs) {
    const on = tab.dataset.view === view;
    tab.setAttribute("aria-selected", on);
    tab.tabIndex = on ? 0 : -1;
    if (on) tab.hidden = false;
  }
  $("panel").setAttribute("aria-labelledby", `tab-${view}`);
  $("scroller").setAttribute("aria-label", `Picture of the ${NAMES[view]}`);
  $("zoom").hidden = !["arrangement", "notes"].includes(view);
  picture.look();
}

export function describe(layout) {
  $("title").textContent = plain(layout.title);
  words = layout.words.map(([text, show, ref]) => ({ text, show, ref }));
  if ($("words").open) listWords();
  $("words").hidden = !words.length;
}

function listWords() {
  $("words").querySelector("ul").replaceChildren(...words.map(({ text, show, ref }) => {
    if (show == null) return make("li", { text });
    const all = [{ name: "Notes", run: () => choose("notes", show) }, ...buttons];
    return make("li", { text }, ...all.map(({ name, run }) =>
      make("button", { type: "button", text: name, "aria-label": `${name} of ${plain(text)}`, on: () => run(ref) })));
  }));
}
