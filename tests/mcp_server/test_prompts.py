"""Prompts name existing tools, arguments and values."""

from __future__ import annotations

import ast
import re
from string import Template

import msgspec
import pytest
from mcp import types

from mcp_server import recipes
from mcp_server.music import EDITS, read
from mcp_server.prompts import PROMPTS
from mcp_server.tools import TOOLS

CALL = re.compile(r"\b([a-z_]+)\(((?:[^()]|\([^()]*\))*)\)")
"""A call in a prompt; `...` stands for a value that the agent chooses."""


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_names_only_existing_tools_arguments_and_values(name: str) -> None:
    prompt = PROMPTS[name]
    text = Template(prompt.text).substitute(
        {key: default or "4" for key, (_, default) in prompt.arguments.items()}
    )
    calls = CALL.findall(text)
    assert calls
    known = {*TOOLS, *EDITS}
    for tool, arguments in calls:
        fields = {field.name: field.type for field in msgspec.structs.fields(TOOLS[tool].arguments)}
        call = ast.parse(f"f({arguments})", mode="eval").body
        assert isinstance(call, ast.Call)
        assert not call.args, (tool, arguments)
        for argument in call.keywords:
            assert argument.arg in fields, (tool, argument.arg)
            known |= {argument.arg}
            if "..." not in ast.unparse(argument.value):
                msgspec.convert(ast.literal_eval(argument.value), fields[argument.arg], strict=False)
        if tool == "recipe":
            values = {each.arg: each.value for each in call.keywords}
            if isinstance(named := ast.literal_eval(values["name"]), str):
                assert recipes.shelf().recipe(named)
        if tool == "transform_notes":
            edits = next(each.value for each in call.keywords if each.arg == "edits")
            for number, asked in enumerate(ast.literal_eval(edits)):
                read(asked, number).check_effect()
        known |= fields.keys()
    words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text))
    assert words <= known, words - known


@pytest.mark.parametrize("name", PROMPTS)
def test_an_argument_of_a_prompt_is_a_word_of_its_own(name: str) -> None:
    prompt = PROMPTS[name]
    text = prompt.filled(dict.fromkeys(prompt.arguments, "XX")).messages[0].content
    assert isinstance(text, types.TextContent)
    assert not re.search(r"\w(?=XX)|XX\w", text.text)
