// A host's conversation: the SDK's client and AppBridge, driven by a test through `window.host`.

import { AppBridge, PostMessageTransport, RESOURCE_MIME_TYPE, getToolUiResourceUri, isToolVisibilityAppOnly } from "@modelcontextprotocol/ext-apps/app-bridge";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const ME = { name: "test host", version: "1" };
const EXTENSIONS = { "io.modelcontextprotocol/ui": { mimeTypes: [RESOURCE_MIME_TYPE] } };
const calls = [], sizes = [], contexts = [];
let client, tools, bridge, frame;

async function connect(sandbox) {
  client = new Client(ME, { capabilities: { extensions: EXTENSIONS } });
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", location.href)));
  const call = client.callTool.bind(client);
  client.callTool = (params, ...more) => { calls.push(params.name); return call(params, ...more); };
  ({ tools } = await client.listTools());
  window.host.sandbox = sandbox;
  return {
    announced: client.getServerCapabilities().extensions ?? {},
    forModels: tools.filter((tool) => !isToolVisibilityAppOnly(tool)).length,
    forViews: tools.filter(isToolVisibilityAppOnly).map((tool) => tool.name),
  };
}

async function show(name, args, hostContext = {}) {
  // As a host does: call the tool, mount its view, hand it the input and the result.
  const result = await client.callTool({ name, arguments: args });
  const uri = getToolUiResourceUri(tools.find((tool) => tool.name === name));
  const { contents: [{ text, mimeType, _meta }] } = await client.readResource({ uri });
  if (mimeType !== RESOURCE_MIME_TYPE) throw new Error(mimeType);
  frame?.remove();
  frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  const proxied = new Promise((resolve) => addEventListener("message", function heard({ data, source }) {
    if (source !== frame.contentWindow || data.method !== "ui/notifications/sandbox-proxy-ready") return;
    removeEventListener("message", heard);
    resolve();
  }));
  frame.src = window.host.sandbox;
  document.getElementById("conversation").append(frame);
  await proxied;
  const abilities = { serverTools: {}, serverResources: {}, updateModelContext: { text: {} } };
  bridge = new AppBridge(client, ME, abilities, { hostContext: { theme: "light", displayMode: "inline", ...hostContext } });
  bridge.onsizechange = (size) => { sizes.push(size); frame.style.height = `${size.height}px`; };
  bridge.onupdatemodelcontext = async ({ content }) => { contexts.push(content[0].text); return {}; };
  const initialized = new Promise((resolve) => { bridge.oninitialized = resolve; });
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  await bridge.sendSandboxResourceReady({ html: text, ..._meta.ui });
  await initialized;
  await bridge.sendToolInput({ arguments: args });
  await bridge.sendToolResult(result);
  return { app: bridge.getAppVersion(), csp: _meta.ui.csp, text: result.content.map((each) => each.type) };
}

window.host = {
  calls, sizes, contexts, connect, show,
  context: (changed) => bridge.sendHostContextChange(changed),
  teardown: async () => { const answer = await bridge.teardownResource({}); frame.remove(); frame = null; return answer; },
};
