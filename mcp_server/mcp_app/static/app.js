// A view in the conversation: the objects of one tool call; it follows the Set while it is visible.

import { $, plain } from "./dom.js";
import { follow } from "./follow.js";
import * as host from "./host.js";
import * as log from "./log.js";
import * as picture from "./picture.js";
import * as views from "./views.js";

const BELONGS = "setmirror/view";
const THE_SET = { tool: "", view: "session", targets: [], epoch: "", buttons: [] };
const PATIENCE_MS = 2500;
const VARIABLE = /^--(?:color|font|border|shadow)-[a-z0-9-]+$/;
let input = {}, shown = null, change = null, toPoint = null;

const follower = follow({ call: host.call, cancel: host.cancel, told, lost: (text) => status(`Not following: ${text}`) });

// -- the content of the view -----------------------------------------------------------------------------------

function show(belongs, answer) {
  shown = { ...THE_SET, ...belongs };
  const { buttons, entry, targets, view } = shown;
  document.body.classList.remove("text-only");
  status("");
  change = answer.write && !answer.dry_run && entry && buttons.includes("revert") ? { write: answer.write, last: answer.write, on: true } : null;
  log.clear();
  if (entry) log.told([entry], { show: (id) => point(id, true) });
  toPoint = entry?.changes.find((each) => each.id)?.id ?? null;
  $("log").hidden = !entry;
  $("try").hidden = !buttons.includes("try");
  $("revert").hidden = $("compare").hidden = !change;
  label();
  views.offer(buttons.includes("fire") ? [{ name: "Fire", run: (ref) => act(null, () => fire(ref)) }] : []);
  // A single target is shown in the view itself; several clips are overlaid.
  views.choose(view, targets.length === 1 ? targets[0] : null);
  picture.look(true);
}

function say(message) {
  if (!shown) return;
  const { view, target } = picture.state;
  const targets = target != null ? [target] : view === shown.view ? shown.targets : [];
  follower.say(message, targets.length ? { targets, epoch: shown.epoch } : {});
}

function told(answer) {
  status(answer.follows ? "" : answer.problem ?? "Live is away: this is the Set as it was.");
  if (answer.gone || answer.epoch !== shown.epoch) {
    if (answer.gone) notice("What this was about is not in the Set any more: this is the Set as it is now.");
    Object.assign(shown, { targets: [], epoch: answer.epoch });
    if (answer.gone) picture.state.target = null;
  }
  if (answer.layout) views.describe(answer.layout);
  $("fire").dataset.ref = answer.launch ?? "";
  $("fire").hidden = !answer.launch || !shown.buttons.includes("fire");
  picture.told(answer);
  if (answer.layout && toPoint !== null) {
    const id = toPoint;
    toPoint = null;
    point(id, false);
  }
}

async function point(id, go) {
  // Mark an object; with `go`, scroll to the object if it is not visible.
  const found = await follower.find(id).catch(() => null);
  if (!found || found.gone) return;
  const { view, target } = picture.state;
  if (found.view === view && (found.target ?? target) === target) {
    if (found.box) picture.point(found.box);
  } else if (go) {
    toPoint = id;
    views.choose(found.view, found.target, found.zoom);
  }
}

function status(text) {
  $("link").textContent = plain(text);
  $("link").hidden = !text;
}

function notice(text) {
  $("notice").textContent = plain(text);
  $("notice").hidden = !text;
}

function refused(text) {
  shown = null;
  status("");
  notice(text);
  document.body.classList.add("text-only");
}

// -- messages of the host --------------------------------------------------------------------------------------

function result(message) {
  if (message.isError) refused(host.textOf(message));
  else show(message._meta?.[BELONGS] ?? THE_SET, message.structuredContent ?? {});
}

function context({ theme, styles, displayMode, availableDisplayModes, containerDimensions, safeAreaInsets }) {
  const root = document.documentElement;
  if (theme) {
    root.style.colorScheme = theme;
    picture.state.theme = theme;
  }
  for (const [name, value] of Object.entries(styles?.variables ?? {})) {
    if (VARIABLE.test(name) && value) root.style.setProperty(name, value);
  }
  if (availableDisplayModes) $("large").hidden = !availableDisplayModes.includes("fullscreen");
  if (displayMode) {
    root.dataset.mode = displayMode;
    $("large").textContent = displayMode === "fullscreen" ? "Smaller" : "Larger";
  }
  const room = containerDimensions?.height ?? containerDimensions?.maxHeight;
  if (room) root.style.setProperty("--room", `${room}px`);
  if (safeAreaInsets) {
    const { top, right, bottom, left } = safeAreaInsets;
    $("all").style.padding = [top, right, bottom, left].map((each) => `${8 + each}px`).join(" ");
  }
  if (shown) picture.look();
}

// -- the person's actions --------------------------------------------------------------------------------------

async function act(button, work) {
  if (button) button.disabled = true;
  notice("");
  try {
    await work();
  } catch (problem) {
    notice(problem.message);
  }
  if (button) button.disabled = false;
  label();
}

function label() {
  if (!change) return;
  $("revert").disabled = !change.on;
  $("revert").textContent = change.on ? "Revert" : "Reverted";
  $("compare").textContent = change.on ? "Compare: before" : "Compare: after";
}

async function turn() {
  // Reverting the revert restores the change, so that the person can hear both states.
  const { structuredContent: answer } = await host.call("revert", { write: change.last }).answer;
  change.last = answer.write;
  change.on = !change.on;
  host.tell(`In the view the person ${change.on ? "brought back" : "reverted"} write ${change.write} (now by write ${answer.write}).`);
  notice((answer.notes ?? []).join("; "));
}

async function attempt() {
  const done = await host.call(shown.tool, { ...input, dry_run: false }).answer;
  host.tell(`In the view the person pressed Try it: ${shown.tool} was done, as write ${done.structuredContent.write}.`);
  result(done);
}

function fire(ref) { return host.call("fire", { target: ref }).answer; }

$("revert").addEventListener("click", (event) => act(event.currentTarget, turn));
$("compare").addEventListener("click", (event) => act(event.currentTarget, turn));
$("try").addEventListener("click", (event) => act(event.currentTarget, attempt));
$("fire").addEventListener("click", (event) => act(event.currentTarget, () => fire($("fire").dataset.ref)));
$("large").addEventListener("click", (event) => act(event.currentTarget, async () => {
  const mode = document.documentElement.dataset.mode === "fullscreen" ? "inline" : "fullscreen";
  context({ displayMode: (await host.request("ui/request-display-mode", { mode }).answer).mode });
}));

// -- from the first message to the last ------------------------------------------------------------------------

async function start() {
  const early = [];
  let take = (message) => early.push(message);
  const first = await host.open({
    notices: {
      "tool-input": (message) => { input = message.arguments ?? {}; },
      "tool-result": (message) => take(message),
      "tool-cancelled": ({ reason }) => refused(`The call was cancelled${reason ? `: ${reason}` : ""}.`),
      "host-context-changed": context,
    },
    ended: () => follower.end(),
  });
  context(first);
  host.followHeight($("all"));
  views.begin(say);
  new IntersectionObserver((entries) => {
    picture.state.hidden = !entries.at(-1).isIntersecting;
    if (shown) picture.look();
  }).observe($("all"));
  take = result;
  early.forEach(result);
  // A host that opens an old conversation may no longer have the result.
  setTimeout(() => { if (!shown && $("notice").hidden) show(THE_SET, {}); }, document.body.dataset.kind === "look" ? PATIENCE_MS : 4 * PATIENCE_MS);
}

start().catch((problem) => refused(problem.message));
