// The host of this view, by SEP-1865 (2026-01-26): JSON-RPC 2.0 in messages to and from the parent window.

const VERSION = "2026-01-26";
const NO_METHOD = -32601;
const waiting = new Map();
let number = 0, ready = false, abilities = {};

function post(message) { window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*"); }

function notify(method, params = {}) { post({ method, params }); }

export function request(method, params = {}) {
  const id = ++number;
  const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  post({ id, method, params });
  return { id, answer };
}

export function cancel({ id }) {
  if (waiting.delete(id)) notify("notifications/cancelled", { requestId: id, reason: "not needed any more" });
}

export function call(name, args) {
  // Call a tool of the server: returns its result, or throws the text of its refusal.
  const { id, answer } = request("tools/call", { name, arguments: args });
  return { id, answer: answer.then((result) => {
    if (result.isError) throw new Error(textOf(result));
    return result;
  }) };
}

export function textOf(result) {
  return (result.content ?? []).map((each) => each.text ?? "").join(" ");
}

export function tell(text) {
  // The person's actions, for the model's next turn.
  if (!abilities.updateModelContext) return;
  request("ui/update-model-context", { content: [{ type: "text", text }] }).answer.catch(() => {});
}

export async function open({ notices, ended }) {
  // `notices`: handlers by the last part of the method's name. No message is sent before the handshake is done.
  window.addEventListener("message", ({ data: message, source }) => {
    if (source !== window.parent || message?.jsonrpc !== "2.0") return;
    const { id, method, params } = message;
    if (method === undefined) answered(message);
    else if (id === undefined) notices[method.replace("ui/notifications/", "")]?.(params ?? {});
    else if (method === "ui/resource-teardown") { ended(); post({ id, result: {} }); }
    else if (method === "ping") post({ id, result: {} });
    else post({ id, error: { code: NO_METHOD, message: "This view has no such method" } });
  });
  const { hostCapabilities, hostContext } = await request("ui/initialize", {
    protocolVersion: VERSION,
    appInfo: { name: "setmirror", title: "SetMirror", version: "1" },
    appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
  }).answer;
  abilities = hostCapabilities ?? {};
  ready = true;
  notify("ui/notifications/initialized");
  return hostContext ?? {};
}

function answered({ id, result, error }) {
  const pending = waiting.get(id);
  if (!pending) return;
  waiting.delete(id);
  if (error) pending.reject(new Error(error.message ?? "The host refused it"));
  else pending.resolve(result ?? {});
}

export function followHeight(element) {
  // The height of the content, since the document is at least as high as its frame. The host sets the width.
  let last = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(element.getBoundingClientRect().height);
    if (!ready || height === last) return;
    last = height;
    notify("ui/notifications/size-changed", { height });
  }).observe(element);
}
