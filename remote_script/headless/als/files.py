"""Paths and names of files in Sets: complete in Live 11 and later, in parts before."""

from __future__ import annotations

from typing import Optional
from xml.etree.ElementTree import Element

from . import fields


def sample_path(sample: Optional[Element]) -> str:
    """The path in a SampleRef; "" when there is none."""
    return file_path(None if sample is None else sample.find("FileRef"))


def file_path(reference: Optional[Element]) -> str:
    if reference is None:
        return ""
    path = fields.text(reference, "Path")
    if path:
        return path
    name = fields.text(reference, "Name")
    folders = [part.get("Dir", "") for part in fields.children(reference, "SearchHint/PathHint")]
    if not folders:
        folders = [part.get("Dir", "") or ".." for part in fields.children(reference, "RelativePath")]
        if not folders:
            return name or fields.text(reference, "RelativePath")
        return "/".join(folders + [name])
    root = "" if folders[0].endswith(":") else "/"
    return root + "/".join(folders + [name])


def stem(path: str) -> str:
    """The file's name without folders and ending: "Warm Pad" of "…/Warm Pad.adv"."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] if "." in name[1:] else name
