// The page: one socket in, each message to whom it concerns; what the person does goes out.

import { connect } from "./link.js";
import { $, make, plain } from "./dom.js";
import * as log from "./log.js";
import * as picture from "./picture.js";

const tabs = [...document.querySelectorAll('[role="tab"]')];
const NAMES = { session: "Session", arrangement: "Arrangement", mixer: "Mixer", notes: "Notes", device: "Device" };
let toPoint = null, words = [], names = new Map();
const reverting = new Map();

const say = connect({
  greet() { log.clear(); picture.look(true); },
  state: lost,
  told(message) {
    if (message.status) status(message.status);
    if (message.clients) clients(message.clients);
    if (message.questions) ask(message.questions);
    if (message.read_only !== undefined && message.read_only !== null) readOnly(message.read_only);
    if (message.log) log.told(message.log, { show, revert });
    if (message.layout) describe(message.layout);
    picture.told(message);
    for (const reply of message.replies ?? []) replied(reply);
    if (message.layout && toPoint && toPoint.view === message.layout.view) {
      picture.point(toPoint.box);
      toPoint = null;
    }
  },
});

picture.begin(say, (ref) => {
  const line = words.find((each) => each.ref === ref);
  if (line) choose("notes", line.show);
});
log.begin();

// -- views -----------------------------------------------------------------------------------------------------

function choose(view, target = null, zoom = 1) {
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

function describe(layout) {
  $("title").textContent = plain(layout.title);
  words = layout.words.map(([text, show, ref]) => ({ text, show, ref }));
  if ($("words").open) listWords();
  $("words").hidden = !words.length;
}

function listWords() {
  $("words").querySelector("ul").replaceChildren(...words.map(({ text, show: id }) => make("li", { text },
    id == null ? null : make("button", { type: "button", text: "Notes", "aria-label": `Notes of ${plain(text)}`, on: () => choose("notes", id) }))));
}
$("words").addEventListener("toggle", () => { if ($("words").open) listWords(); });

// -- what the bridge says --------------------------------------------------------------------------------------

function lost(text) {
  $("link").textContent = text;
  $("link").className = "lost";
  ask([]);
}

function status({ synced, set, live, headless, problem }) {
  $("set").textContent = plain(set || (synced ? "A Set without a name" : "SetMirror"));
  $("link").textContent = synced ? `Following ${headless ? "headless " : ""}Live ${plain(live)}` : plain(problem);
  $("link").className = synced ? "" : "lost";
}

function readOnly(on) {
  const button = $("switch");
  button.disabled = false;
  button.setAttribute("aria-checked", on);
}
$("switch").addEventListener("click", () => say({ do: "read_only", on: $("switch").getAttribute("aria-checked") !== "true" }));

function ask(questions) {
  document.title = questions.length ? `(${questions.length}) SetMirror asks` : "SetMirror";
  const known = new Map([...$("questions").children].map((each) => [each.dataset.number, each]));
  for (const { question, client, text, left_s } of questions) {
    if (known.delete(String(question))) continue;
    const answer = (allow) => () => say({ do: "answer", question, allow });
    const box = make("div", { className: "question", "data-number": question, role: "group", "aria-label": "Question" },
      make("p", { className: "who" }),
      make("p", { text }),
      make("div", {}, make("button", { type: "button", text: "Allow", on: answer(true) }), make("button", { type: "button", text: "Deny", on: answer(false) })));
    box.dataset.client = client;
    box.dataset.until = performance.now() + left_s * 1000;
    $("questions").append(box);
  }
  for (const gone of known.values()) gone.remove();
  count();
}

function count() {
  for (const box of $("questions").children) {
    const left = Math.max(0, Math.ceil((box.dataset.until - performance.now()) / 1000));
    box.querySelector(".who").textContent = plain(`${names.get(box.dataset.client) ?? box.dataset.client} asks; ${left} s left`);
  }
}
setInterval(count, 1000);

function clients(list) {
  names = new Map(list.flatMap((each) => each.clients.map(({ identity, name }) => [identity, name || identity])));
  $("clients").replaceChildren(...list.map(({ identity, role, name, clients: behind }) => make("li", {},
    make("span", { text: name }), " ", make("span", { className: "role", text: `${identity}, ${role}` }),
    behind.length ? make("ul", {}, ...behind.map((each) => make("li", { text: each.name && each.name !== each.identity ? `${each.name} (${each.identity})` : each.identity }))) : null)));
}

// -- what the person does --------------------------------------------------------------------------------------

function show(id, epoch) { say({ do: "show", id, epoch }); }

function revert(write, button) {
  button.disabled = true;
  reverting.set(write, button);
  say({ do: "revert", write });
}

function replied({ show: found, problem, reverted, write }) {
  if (problem) notice(problem);
  if (problem && write) { const button = reverting.get(write); if (button) button.disabled = false; }
  if (reverted) {
    const button = reverting.get(reverted.write);
    if (button) { button.textContent = "Reverted"; button.closest("li").classList.add("reverted"); }
    if (reverted.left) notice(`Reverted. ${reverted.left}`);
  }
  if (!found) return;
  if (found.gone) { notice("This object is not in the Set any more."); return; }
  if (found.view !== picture.state.view || found.target !== picture.state.target) {
    toPoint = found.box && found;
    choose(found.view, found.target, found.zoom);
  } else if (found.box) {
    picture.point(found.box);
  }
  $("scroller").focus({ preventScroll: false });
}

function notice(text) {
  const box = $("notice");
  box.textContent = plain(text);
  box.hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { box.hidden = true; }, 12000);
}
