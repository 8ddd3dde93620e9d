// The page: passes each message of the socket to its module, and sends the person's actions.

import { connect } from "./link.js";
import { $, make, plain } from "./dom.js";
import * as digest from "./digest.js";
import * as log from "./log.js";
import * as picture from "./picture.js";
import * as views from "./views.js";

let toPoint = null, names = new Map();
const reverting = new Map();

const say = connect({
  greet() { log.clear(); picture.look(true); },
  state: lost,
  told(message) {
    if (message.status) status(message.status);
    if (message.clients) clients(message.clients);
    if (message.questions) ask(message.questions);
    if (message.read_only !== undefined && message.read_only !== null) readOnly(message.read_only);
    if (message.digest) digest.show(message.digest);
    if (message.log) log.told(message.log, { show, revert });
    if (message.layout) views.describe(message.layout);
    picture.told(message);
    for (const reply of message.replies ?? []) replied(reply);
    if (message.layout && toPoint && toPoint.view === message.layout.view) {
      picture.point(toPoint.box);
      toPoint = null;
    }
  },
});

views.begin(say);
log.begin();
digest.begin(say);

// -- messages of the bridge ------------------------------------------------------------------------------------

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

// -- the person's actions --------------------------------------------------------------------------------------

function show(id, epoch) { say({ do: "show", id, epoch }); }

function revert(write, button) {
  button.disabled = true;
  reverting.set(write, button);
  say({ do: "revert", write });
}

function replied({ show: found, problem, reverted, write, changes }) {
  if (changes) digest.all(changes);
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
    views.choose(found.view, found.target, found.zoom);
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
