"""Reverting selected changes of the log, value by value, with new operations.

`revert` is a pure function of the log's events, the store and a `Selection`. Each value has a chain of changes. A value
is reverted only if the last change of its chain is selected: to the value before the newest run of selected changes. A
value that somebody else changed since is left, and the answer names it. Objects that selected changes created are
deleted, unless somebody else has changed them. Devices and clips are moved back, clips' envelopes drawn again, locators
created again. Other deleted objects cannot be restored by operations: Live's API does not show everything in a track,
device or clip (samples, macro mappings, expression of notes), and cannot create all that it shows. The order of tracks
and scenes, and automation lanes of the arrangement, cannot be restored either.

An undo and a redo are not changes: an undo takes a change out of its chain, a redo puts it back. An object that came
back by an undo or by a redo is not new: it is never deleted. One that came back when a failed write was undone is as
new as it was before that write.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from mirror import Call, Event, Node, Operation, WriteRequest, checks, errors, values
from mirror.driven import AUTOMATION
from mirror.reading import Reader
from mirror.writes import history_step
from remote_script.SetMirror.contract.places import ID

from . import envelopes, locators, notes
from .chains import ValueChange, author, chains, changed_since, newest_run
from .difference import kind_word, owner_name
from .former_values import FormerValues
from .lists import DEVICES, ListKey, clip_moves, put_back
from .persistent import is_persistent
from .returning import Returning, WasRolledBack, returning
from .selection import Selection, selected

Deletion = Callable[[Node], Operation]
"""Returns the operation that deletes an object; NotAvailable where Live has none."""
Next = Callable[[str], bool]
"""True when Live's next undo undoes exactly this write."""

_NO_LANE = "none"
"""The automation state of a parameter that has no lane."""
_FOLLOWS = ("ClipSlot", "MixerDevice", "DeviceParameter", "DrumPad")
"""Classes whose objects are added and removed together with their owners."""


@dataclass
class Reverting:
    """The operations of a revert, and the changes that it leaves.

    `done` has a text for each restored value, `left` a text with the reason for each change that is left, `as_before` a
    text for what an undo restored already. `expect` has the values, (id, name, value), that must still be the same
    when the operations are executed. `offers` has the writes that Live's undo would undo as a whole, before the revert.
    """

    operations: list[Operation] = field(default_factory=list)
    expect: list[tuple[int, str, Any]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    as_before: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)


def revert(
    events: Sequence[Event],
    reader: Reader,
    selection: Selection,
    delete: Deletion,
    *,
    live: str = "",
    is_next: Next = lambda write: False,
    removals: Sequence[Event] | None = None,
    was_rolled_back: WasRolledBack = lambda write: False,
) -> Reverting:
    """The operations that revert the selected changes.

    Args:
      events: Events of the present epoch, oldest first, with all notes, at least from the oldest selected one on.
      live: The version of Live, such as "12.3.1"; "" where it is not known.
      removals: All removals of the log, also those before the events; None: only those in `events`.

    Raises:
      NotFound: no event is selected; the hint names the authors or writes of the log.
    """
    if removals is None:
        removals = [event for event in events if event.kind == "remove"]
    back = returning(events, removals, reader.store, was_rolled_back)
    chosen = selected(back.renamed(events), selection, reader.store)
    # A failed write restored its values itself, and automation is not an edit.
    events = [
        event
        for event in events
        if event.who != AUTOMATION
        and (event.kind not in ("set", "content") or not (event.write and was_rolled_back(event.write)))
    ]
    if selection.last:
        chosen = chains(back.renamed(events), chosen, reader.store).last_change() or chosen
    return _Reversal(events, chosen, reader, delete, live, is_next, back).made()


class _Reversal:
    """The state of one revert while it is made; `made` runs all its parts."""

    def __init__(
        self,
        events: Sequence[Event],
        chosen: set[int],
        reader: Reader,
        delete: Deletion,
        live: str,
        is_next: Next,
        back: Returning,
    ) -> None:
        self._store, self._reader = reader.store, reader
        self._delete, self._live, self._is_next = delete, live, is_next
        self._back = back
        self._events = back.renamed(event for event in events if event.kind not in ("resynced", "skipped"))
        self._hides = any(event.hidden and event.seq in chosen for event in self._events)
        self._chosen = chosen
        self._result = Reverting()
        self._created: dict[int, Event] = {}
        self._deleted: dict[int, Event] = {}
        for event in self._events:
            if event.kind == "add":
                self._created[event.id] = event
            elif event.kind == "remove" and not event.hidden:
                self._deleted[event.id] = event
        self._chains = chains(self._events, chosen, reader.store)
        self._values, self._notes = self._chains.values, self._chains.notes

    def made(self) -> Reverting:
        own = self._new_objects()
        formers = self._former_locators()
        moved_locators = {former.present for former in formers}
        own.update({former.present: former.present for former in formers if former.present and former.is_new})
        for id_ in locators.already_back(self._store, formers) & own.keys():
            del own[id_]
        former = FormerValues(self._store, self._values)
        for (id_, name), chain in self._values.items():
            if id_ not in own and id_ not in moved_locators and any(link.selected for link in chain):
                former.add(id_, name)
        self._put_values_back(former)
        for id_, note_chains in self._notes.items():
            if id_ not in own:
                self._clip(id_, note_chains)
        for (id_, parameter), chain in self._chains.envelopes.items():
            if id_ not in own:
                self._envelope(id_, parameter, chain)
        self._order(own)
        moved = self._clips_back(own)
        deleted = self._delete_objects(own)
        self._lanes({id_ for id_, top in own.items() if top in deleted})
        made_again = self._locators(formers)
        self._names_back(moved_locators - made_again - own.keys())
        self._came_back(own, moved_locators)
        self._gone(moved | self._back.gone)
        if self._hides:
            self._result.left.append("changes in what the policy hides are left as they are")
        cut = sum(event.more for event in self._events if event.seq in self._chosen)
        if cut:
            self._result.left.append(f"the log left out {cut} changes, which stay")
        self._result.left = list(dict.fromkeys(self._result.left))
        return self._result

    # -- values ------------------------------------------------------------------------------------

    def _put_values_back(self, former: FormerValues) -> None:
        self._result.left += former.left
        for op, text in former.in_order():
            assert isinstance(op.target, int)
            if self._can(op, text):
                self._result.operations.append(op)
                self._result.expect.append((op.target, op.name, self._store.nodes[op.target].props[op.name]))
                self._result.done += [text] if text else []

    def _can(self, op: Operation, text: str) -> bool:
        """True when the mirror accepts the operation; otherwise the reason is added to `left`."""
        if isinstance(op, Call) and op.method in (locators.CREATE, locators.DELETE) and self._plays():
            self._result.left.append(f"{text}: {locators.ONLY_STOPPED}")
            return False
        try:
            checks.prepare(self._store, WriteRequest.of([op]), self._live)
        except errors.MirrorError as problem:
            self._result.left.append(f"{text}: cannot be reverted: {problem.rule.rstrip('.')}")
            return False
        return True

    def _plays(self) -> bool:
        assert self._store.root is not None
        return bool(self._store.nodes[self._store.root].props.get("is_playing"))

    # -- notes -------------------------------------------------------------------------------------

    def _clip(self, id_: int, chains_of_notes: dict[int, list[ValueChange]]) -> None:
        """Add the operations for the notes of one clip."""
        clip = self._store.nodes.get(id_)
        present = clip.props.get("notes") if clip is not None else None
        if clip is None or not isinstance(present, tuple):
            return
        changes = notes.put_back(present, chains_of_notes)
        where = self._where(clip)
        if changes.others:
            self._result.left.append(f"{where}: {changes.others} notes were changed since by somebody else")
        operations = changes.operations(id_)
        if operations and all(self._can(op, where) for op in operations):
            self._result.operations += operations
            self._result.done.append(f"{where}: {changes.words()}")

    def _where(self, node: Node) -> str:
        owner = owner_name(self._store, node)
        named = f"{kind_word(node.type)} {node.name!r}" if node.name else self._store.ref(node.id)
        return f"{named} in {owner!r}" if owner else named

    # -- objects -----------------------------------------------------------------------------------

    def _new_objects(self) -> dict[int, int]:
        """The objects that selected changes created, with all below them: id → the object that would be deleted."""
        own: dict[int, int] = {}
        for former, event in self._created.items():
            id_ = self._back.after_failures(former)
            if event.seq not in self._chosen or id_ not in self._store.nodes or id_ in own:
                continue
            if former in self._back.came:
                continue
            if self._store.nodes[id_].type in _FOLLOWS:
                continue
            for node in self._store.walk(id_):
                own[node.id] = id_
        return own

    def _delete_objects(self, own: dict[int, int]) -> set[int]:
        """Delete the new objects that nobody else has changed since; returns their ids."""
        edits: dict[int, Event] = {}
        deleted: set[int] = set()
        lasting = self._chains.seqs()
        for event in self._events:
            top = own.get(event.id)
            if top is None or event.seq in self._chosen or not self._is_edit(event):
                continue
            if event.kind not in ("set", "content") or event.seq in lasting:
                edits[top] = event
        for id_ in dict.fromkeys(reversed([own[id_] for id_ in own])):
            node = self._store.nodes[id_]
            where = self._where(node)
            if id_ in edits:
                by = author(edits[id_])
                self._result.left.append(f"{where} is new and stays: it was changed since {by}")
                continue
            try:
                op = self._delete(node)
            except errors.MirrorError as problem:
                self._result.left.append(f"{where} is new and stays: {problem.rule.rstrip('.')}")
                continue
            holds = next(
                (
                    returned
                    for returned in self._back.came
                    if own.get(returned) == id_ != returned
                    and self._is_object(returned)
                    and not self._was_own(returned)
                ),
                None,
            )
            if holds is not None:
                what = self._where(self._store.nodes[holds])
                self._result.left.append(f"{where} is new and stays: it holds {what}, which came back")
                continue
            if self._can(op, where):
                asks = "; a person is asked first where one can be" if node.type in ("Track", "Scene") else ""
                self._result.operations.append(op)
                self._result.done.append(f"{where}, which is new, is deleted{asks}")
                deleted.add(id_)
        return deleted

    def _was_own(self, id_: int) -> bool:
        """True for a clip that a selected change created and that later came back; its edits follow its present id."""
        return self._store.nodes[id_].type == "Clip" and any(
            event.seq in self._chosen and former != id_ and self._back.present(former) == id_
            for former, event in self._created.items()
        )

    def _is_edit(self, event: Event) -> bool:
        """True for an edit by a client or a person; what Live adds to a new object some ticks later is not an edit."""
        if event.kind in ("add", "remove", "move", "content"):
            return event.type not in _FOLLOWS
        if (event.type, event.name) == (locators.CLASS, "time"):
            return True
        node = self._store.nodes.get(event.id)
        prop = values.row(event.type, event.name)
        if node is None or prop is None or not is_persistent(node, event.name):
            return False
        return prop.type != "routing" or bool(event.before)

    def _is_object(self, id_: int) -> bool:
        """True for an object that a person would name; views and slots belong to their owners."""
        type_ = self._store.nodes[id_].type
        return type_ not in _FOLLOWS and "View" not in type_

    def _came_back(self, own: dict[int, int], moved_locators: Collection[int | None]) -> None:
        """Report that objects that came back or were created again are left; one line for all objects of one write."""
        brought: dict[str, list[Node]] = {}
        for id_, event in self._back.came.items():
            node = self._store.nodes.get(id_)
            if node is None or event.seq not in self._chosen or id_ in own:
                continue
            if node.parent in self._back.came or not self._is_object(id_) or id_ in moved_locators:
                continue
            if id_ in self._back.moved:
                offer = self._undo_offer(event)
                place = self._store.ref(id_)
                self._result.left.append(
                    f"{self._where(node)} ({place}) was made anew and stays: its former place is not in the log{offer}"
                )
            else:
                brought.setdefault(event.write or "", []).append(node)
        for write, nodes in brought.items():
            step = history_step(write)
            by = (
                f"the {step} {write}"
                if step
                else f"taking back write {write}"
                if write
                else "an undo in Live"
            )
            more = f" and {len(nodes) - 1} more objects" if len(nodes) > 1 else ""
            self._result.as_before.append(
                f"{self._where(nodes[0])}{more} came back by {by}: not new, so not deleted"
            )

    def _gone(self, moved: set[int]) -> None:
        """Report deleted objects: only Live's undo can restore them, if they are its next step."""
        for id_, event in self._deleted.items():
            if (
                event.seq not in self._chosen
                or self._is_own(id_)
                or event.type in (*_FOLLOWS, locators.CLASS)
                or id_ in moved
            ):
                continue
            if self._is_below_deleted(event):
                continue
            what = f"{kind_word(event.type)} {event.object_name!r} ({event.ref})".replace(" ''", "")
            self._result.left.append(f"{what} was deleted and cannot be restored{self._undo_offer(event)}")

    def _is_own(self, id_: int) -> bool:
        """True when a selected change created this object; an object that came back was not created."""
        added = self._created.get(id_)
        return added is not None and added.seq in self._chosen and id_ not in self._back.came

    def _is_below_deleted(self, event: Event) -> bool:
        parts = event.ref.split("/")
        above = {"/".join(parts[:length]) for length in range(1, len(parts))}
        return any(
            removal.revision == event.revision and removal.ref in above and removal is not event
            for removal in self._deleted.values()
        )

    def _names_back(self, ids: Collection[int | None]) -> None:
        """Restore the names of locators that are not created again; a created locator gets its name at once."""
        former = FormerValues(self._store, self._values)
        for id_, name in list(self._values):
            if id_ in ids:
                former.add(id_, name)
        self._put_values_back(former)

    # -- locators ----------------------------------------------------------------------------------

    def _former_locators(self) -> list[locators.Former]:
        return list(
            locators.formers(
                self._deleted.values(),
                self._created,
                lambda event: event.seq in self._chosen,
                self._values,
                self._back,
                self._store,
            )
        )

    def _locators(self, formers: list[locators.Former]) -> set[int | None]:
        """Create removed and moved locators again at their former time; locators in their places are deleted first.

        Returns the ids of the locators that are replaced.
        """
        going = [
            op for op in self._result.operations if isinstance(op, Call) and op.method == locators.DELETE
        ]
        rest = [op for op in self._result.operations if op not in going]
        back, blocked = locators.put_back(self._store, formers, {op.args["time"][ID] for op in going})
        for former, why in blocked:
            self._result.left.append(f"{former}{why}{self._undo_offer(former.event) if former.event else ''}")
        back = [former for former in back if self._can(former.made_again(), str(former))]
        replaced = [self._delete(self._store.nodes[former.present]) for former in back if former.present]
        # Before all other operations: one of these may shorten the song and leave no room for locators.
        self._result.operations = [*going, *replaced, *(former.made_again() for former in back), *rest]
        self._result.done += [f"{former} is at beat {former.time:g} again" for former in back]
        return {former.present for former in back}

    # -- places ------------------------------------------------------------------------------------

    def _order(self, own: dict[int, int]) -> None:
        """Move devices back to their former order; the order of other lists can be changed only by hand in Live."""
        former: dict[ListKey, tuple[int, ...]] = {}
        for key, chain in self._chains.lists.items():
            node, run = self._store.nodes.get(key.owner), newest_run(chain)
            first = next((link for link in chain if link.selected), None)
            if node is None or first is None:
                continue
            where = f"the order of {key.name} of {self._where(node)}"
            if run is None:
                self._result.left.append(f"{where}: left as it is: changed since {author(chain[-1].event)}")
            elif key.name == DEVICES:
                former[key] = tuple(run[0].before)
            else:
                offer = self._undo_offer(run[-1].event)
                self._result.left.append(f"{where} was changed, and Live's API cannot move {key.name}{offer}")
        for op in put_back(self._store, former, own):
            device = self._store.nodes[op.args["device"]]
            text = f"{self._where(device)} returns to its place in {self._place_name(op.args['target'])}"
            if self._can(op, text):
                self._result.operations.append(op)
                self._result.done.append(text)

    def _place_name(self, id_: int) -> str:
        node = self._store.nodes[id_]
        return repr(node.name) if node.name else self._store.ref(id_)

    def _clips_back(self, own: dict[int, int]) -> set[int]:
        """Move back the clips that a selected write moved; returns their former ids."""
        moved: set[int] = set()
        selected = [event for event in self._events if event.seq in self._chosen and not event.hidden]
        for move in clip_moves(selected, self._store):
            if own.get(move.clip) != move.clip:
                continue
            for node in self._store.walk(move.clip):
                own.pop(node.id, None)
            moved.add(move.event.id)
            clip, slot = self._store.nodes[move.clip], self._store.nodes.get(move.slot or 0)
            where = self._where(clip)
            if slot is None or clip.role != "clip" or clip.parent is None:
                same = self._store.ref(clip.id) == move.event.ref
                why = "in its place" if same else "and stays: its former place is not in the log"
                self._result.left.append(f"{where} was made anew {why}{self._undo_offer(move.event)}")
            elif slot.children.get("clip"):
                self._result.left.append(
                    f"{where} was moved, and {self._store.ref(slot.id)} has another clip now"
                )
            else:
                op = Call(clip.parent, "move_clip_to", {"target_clip_slot": slot.id})
                if self._can(op, where):
                    self._result.operations.append(op)
                    self._result.done.append(f"{where} returns to {self._store.ref(slot.id)}")
        return moved

    # -- envelopes ---------------------------------------------------------------------------------

    def _envelope(self, id_: int, parameter: int, chain: list[ValueChange]) -> None:
        """Add the operations for one envelope of a clip."""
        clip, about = self._store.nodes.get(id_), self._store.nodes.get(parameter)
        run = newest_run(chain)
        if clip is None or about is None or not any(link.selected for link in chain):
            return
        now = envelopes.by_parameter(clip.props.get("automation_envelopes")).get(parameter)
        text = f"the envelope of {about.name or self._store.ref(parameter)} in {self._where(clip)}"
        if run is None or run[-1].after != now:
            self._result.left.append(f"{text}: {changed_since(chain, now)}")
            return
        if run[0].before == now:
            return
        operations = envelopes.drawn(clip, about, run[0].before, now)
        if operations is None:
            offer = self._undo_offer(run[-1].event)
            self._result.left.append(f"{text} had a curve, which Live's API cannot draw{offer}")
        elif all(self._can(op, text) for op in operations):
            self._result.operations += operations
            self._result.done.append(f"{text} is {'cleared' if run[0].before is None else 'as before'}")

    def _lanes(self, deleted: set[int]) -> None:
        """Report automation in the arrangement: the log has only the addition or removal of a lane."""
        for (id_, name), chain in self._values.items():
            node = self._store.nodes.get(id_)
            if name != "automation_state" or node is None or not chain or not chain[-1].selected:
                continue
            if id_ in deleted:
                continue
            link = chain[-1]
            if (
                link.event.write is not None
                and _NO_LANE in (link.before, link.after)
                and link.before != link.after
            ):
                lane = (
                    f"the automation of {node.name} of {owner_name(self._store, node)!r} in the arrangement"
                )
                why = f"Live's API cannot clear a lane{self._undo_offer(link.event)}"
                self._result.left.append(f"{lane} stays: {why}")

    def _undo_offer(self, event: Event) -> str:
        """A suffix for a change that cannot be reverted: says whether Live's undo would undo it."""
        if event.write and self._is_next(event.write):
            self._result.offers.append(event.write)
            return f"; Live's undo can: undo with write {event.write!r} instead of this revert"
        return "; Live's undo would take back later changes first"
