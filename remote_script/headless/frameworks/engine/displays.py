"""Text displays of controllers: sources of text, segments that show them, elements that send the text as sysex.

An element sends at the next update of the display, and only text that the controller does not show already. Parts
of a display (`subdisplay[a:b]`) belong to the client that grabbed them; other parts show the display's own
segments.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from .elements import ControlElement
from .resources import ClientWrapper, ProxyResource, StackingResource
from .tasks import run
from .tools import slice_size, to_slice

SHORTENED = (" ", "_", "i", "o", "u", "e", "a")
"""Characters that `adjust_string` removes from a text that is too long, in this order, from the right."""

TRANSLATIONS: Dict[str, int] = {chr(code): code for code in range(0x20, 0x7F) if chr(code) not in "$={}"}
TRANSLATIONS["\u266f"] = ord("#")
"""Character → byte. Other characters are shown as a question mark."""


def adjust_string_crop(original: str, length: int) -> str:
    """Exactly `length` characters: cut, or filled with spaces."""
    return original[: int(length)].ljust(int(length))


def adjust_string(original: str, length: int) -> str:
    """Exactly `length` characters: removes a decimal "dB", then spaces and vowels from the right, then the end."""
    length = int(length)
    text = original
    if len(text.strip()) > length and text.endswith("dB") and "." in text:
        text = text[:-2]
    for char in SHORTENED:
        # The first letter is never removed.
        first = 0 if char == " " else 1
        while len(text) > length and text.rfind(char, first) > 0:
            at = text.rfind(char, first)
            text = text[:at] + text[at + 1 :]
    return adjust_string_crop(text, length)


class DisplayDataSource:
    """A text that a segment shows; `set_display_string` updates the segment."""

    _separator = ""

    def __init__(
        self,
        display_string: str = "",
        separator: Optional[str] = None,
        adjust_string_fn: Callable[[str, int], str] = adjust_string,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self._adjust_string_fn = adjust_string_fn
        if separator is not None:
            self._separator = separator
        self._display_string = display_string
        self._update_callback: Any = None

    @property
    def separator(self) -> str:
        return self._separator

    @separator.setter
    def separator(self, separator: str) -> None:
        if separator != self._separator:
            self._separator = separator
            self.update()

    def set_update_callback(self, update_callback: Any) -> None:
        self._update_callback = update_callback
        if update_callback:
            self.update()

    def set_display_string(self, new_string: str) -> None:
        if new_string != self._display_string:
            self._display_string = new_string
            self.update()

    def clear(self) -> None:
        self.set_display_string("")
        self.separator = ""

    def update(self) -> None:
        if self._update_callback is not None:
            self._update_callback()

    def display_string(self) -> str:
        return self._display_string

    def adjust_string(self, width: int) -> str:
        """The text in exactly `width` characters."""
        return self._adjust_string_fn(self.display_string(), width)


class LogicalDisplaySegment:
    """A part of a display for the text of one source; `str(segment)` is the shown text."""

    separator = ""

    def __init__(self, width: Any = None, update_callback: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._width, self._update_callback = width, update_callback
        self._position_identifier: Tuple[int, ...] = ()
        self._data_source: Any = None

    def disconnect(self) -> None:
        self.set_data_source(None)
        self._update_callback = None
        self._position_identifier = ()

    def set_data_source(self, data_source: Any) -> None:
        if self._data_source is not None:
            self._data_source.set_update_callback(None)
        self._data_source = data_source
        if data_source is not None:
            data_source.set_update_callback(self.update)

    def data_source(self) -> Any:
        return self._data_source

    def set_position_identifier(self, position_identifier: Tuple[int, ...]) -> None:
        """Set the bytes in front of the segment's text."""
        self._position_identifier = position_identifier

    def position_identifier(self) -> Tuple[int, ...]:
        return self._position_identifier

    def update(self) -> None:
        if self._update_callback is not None:
            self._update_callback()

    def __str__(self) -> str:
        width = int(self._width)
        if self._data_source is None:
            return " " * width
        separator = self._data_source.separator
        return str(self._data_source.adjust_string(width - len(separator))) + separator


class DisplayError(Exception):
    """Raised for a use of a display that the display does not allow."""


class DisplaySegmentationError(DisplayError):
    """A display cannot be divided into this number of segments."""


class DisplayElement(ControlElement):
    """A line of `width_in_chars` characters, divided into equal segments."""

    def __init__(self, width_in_chars: int = 0, num_segments: int = 1, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._width = width_in_chars
        self._logical_segments: List[LogicalDisplaySegment] = []
        self.set_num_segments(num_segments)

    @property
    def display_string(self) -> str:
        return "".join(map(str, self._logical_segments))

    @property
    def width(self) -> int:
        return self._width

    @property
    def display_slice(self) -> slice:
        return slice(None)

    @property
    def display_indexes(self) -> Any:
        return set(range(*self.display_slice.indices(self._width)))

    @property
    def num_segments(self) -> int:
        return len(self._logical_segments)

    @property
    def segments(self) -> Tuple[LogicalDisplaySegment, ...]:
        return tuple(self._logical_segments)

    def segment(self, index: int) -> LogicalDisplaySegment:
        return self._logical_segments[index]

    def set_num_segments(self, num_segments: int) -> None:
        """Divide the line. DisplaySegmentationError unless the width is a multiple of the number."""
        if not 1 <= num_segments < max(2, self._width) or self._width % num_segments:
            raise DisplaySegmentationError(
                "Can not split display of size %d into %d segments" % (self._width, num_segments)
            )
        if num_segments != len(self._logical_segments):
            self._disconnect_segments()
            self._width_per_segment = self._width // num_segments
            self._logical_segments = [
                LogicalDisplaySegment(self._width_per_segment, self.update) for _ in range(num_segments)
            ]

    def set_data_sources(self, sources: Any) -> None:
        """Create a segment for each source; without sources one empty segment."""
        self.set_num_segments(len(sources) if sources else 1)
        if not sources:
            self.reset()
            return
        for segment, source in zip(self._logical_segments, sources):
            segment.set_data_source(source)
        self.update()

    def reset(self) -> None:
        for segment in self._logical_segments:
            segment.set_data_source(None)

    def update(self) -> None:
        """Called when a segment's text changed."""

    def _disconnect_segments(self) -> None:
        for segment in self._logical_segments:
            segment.disconnect()

    def disconnect(self) -> None:
        self._disconnect_segments()
        super().disconnect()


class _Shares(StackingResource):
    """The clients of the characters of a display: a later client covers an earlier one."""

    def __init__(self, root_display: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._root = root_display

    def _actual_owners(self) -> List[Any]:
        free = set(self._root.display_indexes)
        owners: List[Any] = []
        for client, _ in reversed(self._clients):
            indexes = client[0].display_indexes
            if free & indexes:
                owners.insert(0, client)
            free -= indexes
        return owners


class PhysicalDisplayElement(DisplayElement):
    """Sends its text between a header and a tail (`set_message_parts`)."""

    _ascii_translations = TRANSLATIONS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._central_resource = _Shares(self, self._share_received, self._share_lost)
        self._message_header: Optional[Tuple[int, ...]] = None
        self._message_tail: Optional[Tuple[int, ...]] = None
        self._message_clear_all: Any = None
        self._message_to_send: Any = None
        self._last_sent_message: Any = None
        self._block_messages = False
        self._translation_table = self._ascii_translations
        self._send_message_task: Any = None
        super().__init__(*args, **kwargs)
        self.resource = self._share_of(self)  # type: ignore[assignment]
        self._send_message_task = self._tasks.add(run(self._send_message))
        self._send_message_task.kill()

    def _share_of(self, display: Any) -> ProxyResource:
        wrapper = ClientWrapper(
            wrap=lambda client: (display, client),
            unwrap=lambda client: None if client is None else client[1],
        )
        return ProxyResource(self._central_resource, wrapper)

    def _share_received(self, share: Any, *args: Any, **kwargs: Any) -> None:
        share[1].set_control_element(share[0], True)
        self.update()

    def _share_lost(self, share: Any) -> None:
        share[1].set_control_element(share[0], False)
        self.update()

    @property
    def subdisplay(self) -> _Parts:
        """`display.subdisplay[a:b]`: an element for some of the characters."""
        return _Parts(self)

    # -- messages ------------------------------------------------------------------------------------

    def set_message_parts(self, header: Sequence[int], tail: Sequence[int]) -> None:
        """Set the bytes before and after the text."""
        self._message_header, self._message_tail = tuple(header), tuple(tail)

    def set_clear_all_message(self, message: Any) -> None:
        """Set the message that `reset` sends instead of spaces."""
        self._message_clear_all = message

    def set_translation_table(self, translation_table: Dict[str, int]) -> None:
        assert "?" in translation_table, "a translation table needs a '?' for characters that it lacks"
        self._translation_table = translation_table

    def set_block_messages(self, block: bool) -> None:
        self._block_messages = bool(block)
        self.clear_send_cache()

    def display_message(self, message: str) -> None:
        """Show a text until the next update of a segment."""
        if not self._block_messages:
            self._message_to_send = self._framed(self._translate_string(adjust_string(message, self._width)))
            self._request_send_message()

    def update(self) -> None:
        if self._logical_segments and not self._block_messages:
            self._message_to_send = None
            self._request_send_message()

    def reset(self) -> None:
        super().reset()
        if not self._block_messages and self._message_header is not None:
            blank = self._framed(self._translate_string(" " * self._width))
            self._message_to_send = blank if self._message_clear_all is None else self._message_clear_all
            self._request_send_message()

    def clear_send_cache(self) -> None:
        self._last_sent_message = None
        self._request_send_message()

    def send_midi(self, midi_bytes: Any) -> Any:
        if midi_bytes != self._last_sent_message:
            super().send_midi(midi_bytes)
            self._last_sent_message = midi_bytes

    def _request_send_message(self) -> None:
        if self._send_message_task is not None:
            self._send_message_task.restart()

    def _send_message(self) -> None:
        if self._block_messages or self._message_header is None:
            return
        if self._message_to_send is None:
            self._message_to_send = self._build_message([owner[0] for owner in self._central_resource.owners])
        self.send_midi(self._message_to_send)

    def _framed(self, body: Sequence[int]) -> Tuple[int, ...]:
        return (*(self._message_header or ()), *body, *(self._message_tail or ()))

    def _translate_char(self, char_to_translate: str) -> int:
        return self._translation_table.get(char_to_translate, self._translation_table["?"])

    def _translate_string(self, string: str) -> List[int]:
        return [self._translate_char(letter) for letter in string]

    def _build_display_message(self, display: DisplayElement) -> Iterator[int]:
        for segment in display._logical_segments:
            yield from segment.position_identifier()
            yield from self._translate_string(str(segment))

    def _build_inner_message(self, displays: Sequence[DisplayElement]) -> List[int]:
        message = list(self._build_display_message(self))
        for display in displays:
            message[display.display_slice] = self._build_display_message(display)
        return message

    def _build_message(self, displays: Sequence[DisplayElement]) -> Tuple[int, ...]:
        return self._framed(self._build_inner_message(displays))


class SubDisplayElement(DisplayElement):
    """An element for some characters of a display."""

    def __init__(
        self, sub_display_slice: slice = slice(1), parent_display: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        self._slice, self._parent = sub_display_slice, parent_display
        super().__init__(slice_size(sub_display_slice, parent_display.width), *args, **kwargs)
        self.resource = parent_display._share_of(self)

    @property
    def display_slice(self) -> slice:
        return self._slice

    @property
    def display_indexes(self) -> Any:
        return set(range(*self._slice.indices(self._parent.width)))

    def update(self) -> None:
        if any(owner[0] is self for owner in self._parent._central_resource.owners):
            self._parent.update()


class _Parts:
    def __init__(self, display: PhysicalDisplayElement) -> None:
        self._display = display

    def __getitem__(self, key: Any) -> SubDisplayElement:
        return SubDisplayElement(to_slice(key), self._display)
