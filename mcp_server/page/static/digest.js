// The changes since the last visit, by object: collapsed at first; once hidden, hidden until the next visit.

import { $, make, plain } from "./dom.js";

const HIDDEN = "setmirror-digest-hidden";
let head = {};

export function begin(say) {
  $("digest-all").addEventListener("click", () => say({ do: "changes" }));
  $("digest-hide").addEventListener("click", () => {
    sessionStorage.setItem(HIDDEN, head.last_here);
    $("digest").hidden = true;
    $("scroller").focus();
  });
}

export function show(message) {
  head = message;
  const shown = Boolean(head.count) && sessionStorage.getItem(HIDDEN) !== head.last_here;
  $("digest").hidden = !shown;
  if (!shown) return;
  list(head.groups, false);
  const listed = head.groups.every((group) => !group.more) && head.groups.length === head.objects;
  $("digest-all").hidden = listed;
  $("digest-summary").textContent = `${number(head.count, "change")} in ${number(head.objects, "object")} since ${plain(head.last_here)}.`;
}

export function all({ groups = [], objects = 0 }) {
  $("digest-all").hidden = true;
  list(groups, true);
  const left = objects - groups.length;
  if (left > 0) $("digest-groups").append(make("p", { text: `and ${number(left, "more object")}` }));
  $("digest-groups").focus();
}

function list(groups, open) {
  $("digest-groups").replaceChildren(...groups.map(({ object, changes, more = 0 }) => make("details", { open },
    make("summary", { text: `${plain(object)}: ${number(changes.length + more, "change")}` }),
    make("ul", {}, ...changes.map((text) => make("li", { text })), more ? make("li", { text: `and ${more} more` }) : null))));
}

function number(count, what) { return `${count} ${what}${count === 1 ? "" : "s"}`; }
