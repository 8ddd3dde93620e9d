// Following the Set through the host: one call after the other; the server answers when a part looks different.

const TOOL = "follow_view";
const WAIT_S = 20;
const PATIENCE_MS = 45000;
const PAUSES_MS = [500, 2000, 5000, 15000];

export function follow({ call, cancel, told, lost }) {
  let how = null, keys = [], have = {}, turn = 0, visible = true, pending = null, over = false;

  function again() {
    // Requests of the same turn are one call.
    const mine = ++turn;
    if (pending) cancel(pending);
    pending = null;
    queueMicrotask(() => { if (mine === turn && how && visible && !over) run(mine); });
  }

  async function run(mine) {
    for (let failures = 0; mine === turn;) {
      try {
        pending = call(TOOL, { ...how, keys, have, wait_s: WAIT_S });
        const { structuredContent: answer } = await within(pending.answer);
        if (mine !== turn) return;
        failures = 0;
        Object.assign(have, answer.digests);
        told(answer);
      } catch (problem) {
        if (mine !== turn) return;
        lost(problem.message);
        // A host that refuses tool calls of views will always refuse them.
        if (failures === PAUSES_MS.length) return;
        await pause(PAUSES_MS[failures++]);
      }
    }
  }

  function say(message, place) {
    // As the page's messages: `look` and `want`. `place` has the objects to be shown, and their epoch.
    if (message.do === "look") {
      const { view, theme, width, zoom } = message;
      const next = { view, theme, width, zoom, ...place };
      if (JSON.stringify(next) !== JSON.stringify(how)) { have = {}; keys = []; }
      how = next;
      visible = message.visible;
    } else {
      keys = message.keys;
      // The picture removes parts that are no longer visible too.
      have = Object.fromEntries(Object.entries(have).filter(([key]) => !key.includes("/") || keys.includes(key)));
    }
    again();
  }

  async function find(id) {
    // The place of an object in the view that shows it best.
    const { structuredContent: answer } = await call(TOOL, { ...how, find: id }).answer;
    return answer.found;
  }

  function end() { over = true; again(); }

  return { say, find, end };
}

function pause(time) { return new Promise((resolve) => setTimeout(resolve, time)); }

function within(answer) {
  return Promise.race([answer, pause(PATIENCE_MS).then(() => { throw new Error("the host does not answer"); })]);
}
