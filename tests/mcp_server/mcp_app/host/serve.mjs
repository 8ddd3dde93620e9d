// A host's two origins, in Node: the conversation with MCP behind it, and the sandbox for views.
//
//     node serve.mjs FOLDER MCP_PORT BEARER      tells both ports, then serves until it is killed

import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";

const [, , folder, mcp, bearer] = process.argv;
// What SEP-1865 has hosts allow a view that declares no domains.
const CSP = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none'";
const FILES = { "/": ["host.html", "text/html"], "/host.js": ["host.js", "text/javascript"] };

function send(answer, name, kind, more = {}) {
  answer.writeHead(200, { "content-type": `${kind}; charset=utf-8`, "cache-control": "no-store", ...more });
  answer.end(readFileSync(join(folder, name)));
}

function forward(asked, answer) {
  const headers = { ...asked.headers, authorization: `Bearer ${bearer}`, host: `127.0.0.1:${mcp}` };
  delete headers.origin;
  const upstream = http.request({ host: "127.0.0.1", port: mcp, method: asked.method, path: "/mcp", headers }, (found) => {
    answer.writeHead(found.statusCode, found.headers);
    found.pipe(answer);
  });
  upstream.on("error", () => answer.destroy());
  answer.on("close", () => upstream.destroy());
  asked.pipe(upstream);
}

const conversation = http.createServer((asked, answer) => {
  if (asked.url === "/mcp") return forward(asked, answer);
  const file = FILES[asked.url];
  if (file) return send(answer, ...file);
  answer.writeHead(404).end();
});
const sandbox = http.createServer((asked, answer) => send(answer, "sandbox.html", "text/html", { "content-security-policy": CSP }));

conversation.listen(0, "127.0.0.1", () => sandbox.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify([conversation.address().port, sandbox.address().port]));
}));
