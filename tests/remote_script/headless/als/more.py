"""The second half of the comparison of tracks, clips and devices; see `test_as_scripts_read`."""

from __future__ import annotations

from typing import Any

from tests.remote_script.headless.als import xml_view as view
from tests.remote_script.headless.als.xml_view import flag, number, value

Compared = Any
REGULAR = ("MidiTrack", "AudioTrack")
NEVER = -63072000.0
GRIDS = {(8, 1): 1, (4, 1): 2, (2, 1): 3, (1, 1): 4, (1, 2): 5, (1, 4): 6, (1, 8): 7, (1, 16): 8, (1, 32): 9}
INSTRUMENT_RACKS = ("InstrumentGroupDevice", "DrumGroupDevice")
PLUGINS = ("PluginDevice", "AuPluginDevice")


def lanes(track: Any) -> set[str]:
    """The ids of the targets that the Arrangement automates in a track."""
    pointees = set()
    for envelope in track.findall("AutomationEnvelopes/Envelopes/AutomationEnvelope"):
        points = envelope.findall("Automation/Events/*")
        if any(float(point.get("Time", "0")) > NEVER for point in points):
            pointees.add(value(envelope, "EnvelopeTarget/PointeeId"))
    return pointees


def is_automated(parameter: Any, known: set[str]) -> bool:
    target = parameter.find("AutomationTarget")
    own = parameter.findall("ArrangerAutomation/Events/*")
    return (target is not None and target.get("Id") in known) or any(
        float(point.get("Time", "0")) > NEVER for point in own
    )


def in_session(track: Any) -> bool:
    return value(track, "SavedPlayingSlot", "-1") != "-1" and track.tag in REGULAR


def state_of(parameter: Any, track: Any, known: set[str]) -> int:
    """The expected `automation_state`: 0 also while the track plays the Session."""
    return int(is_automated(parameter, known) and not in_session(track))


def track(compared: Compared, seen: Any, element: Any, root: Any) -> None:
    where, known = value(element, "Name/EffectiveName"), lanes(element)
    mixer, filed = seen.mixer_device, element.find("DeviceChain/Mixer")
    is_main, is_return = element.tag in ("MainTrack", "MasterTrack"), element.tag == "ReturnTrack"
    is_midi, is_group = element.tag == "MidiTrack", element.tag == "GroupTrack"
    playing = int(value(element, "SavedPlayingSlot", "-1")) if element.tag in REGULAR else -1
    parameters = {"volume": "Volume", "panning": "Pan", "track_activator": "Speaker"}
    if not is_main:
        parameters.update(left_split_stereo="SplitStereoPanL", right_split_stereo="SplitStereoPanR")
    for name, tag in parameters.items():
        if filed.find(tag) is not None and not (is_main and name == "track_activator"):
            wanted = state_of(filed.find(tag), element, known)
            compared.one(
                where, name + "_automated", getattr(mixer, name).automation_state == wanted, name, wanted
            )
    compared(
        where,
        parent=(seen.canonical_parent is not None, True),
        automated_sends=(
            [send.automation_state for send in mixer.sends],
            [
                state_of(holder.find("Send"), element, known)
                for holder in filed.findall("Sends/TrackSendHolder")
            ],
        ),
        send_states=(
            [int(send.state) for send in mixer.sends],
            [
                int("false" in (value(holder, "EnabledByUser"), value(holder, "Active")))
                for holder in filed.findall("Sends/TrackSendHolder")
            ],
        ),
        can_show_chains=(
            is_main or seen.can_show_chains,
            is_main or any(device.tag in INSTRUMENT_RACKS for device in view.top_devices(element)),
        ),
        device_names=(all(device.name for device in seen.devices), True),
        selected_insert_mode=(int(seen.view.device_insert_mode), 0),
        output_types=(
            seen.output_routing_type.display_name
            in [choice.display_name for choice in seen.available_output_routing_types],
            True,
        ),
        output_channels=(
            seen.output_routing_channel.display_name
            in [choice.display_name for choice in seen.available_output_routing_channels],
            True,
        ),
        output_text=(seen.current_output_routing, seen.output_routing_type.display_name),
        has_midi_input_only=(seen.has_midi_input, is_midi),
    )
    if is_main:
        tempo = filed.find("Tempo")
        compared(where, tempo_automated=(mixer.song_tempo.automation_state, int(is_automated(tempo, known))))
        return
    compared(
        where,
        color=(seen.color is not None, True),
        muted_via_solo=(seen.muted_via_solo, silenced(element, root)),
    )
    _outputs(compared, where, seen, element)
    if is_return:
        return
    compared(
        where,
        is_visible=(seen.is_visible, is_shown(element, root)),
        fold_state=(int(seen.fold_state) if is_group else None, folded(element) if is_group else None),
        slot_count=(len(seen.clip_slots), len(view.scenes(root))),
    )
    if is_group:
        return
    chosen = playing if playing < 0 or view.slots(element)[playing] is not None else -2
    compared(
        where,
        playing_slot_index=(seen.playing_slot_index, chosen),
        fired_slot_index=(seen.fired_slot_index, -1),
        back_to_arranger=(seen.back_to_arranger, chosen != -1),
        implicit_arm=(seen.implicit_arm, False),
        input_types=(
            seen.input_routing_type.display_name
            in [choice.display_name for choice in seen.available_input_routing_types],
            True,
        ),
        input_channels=(
            seen.input_routing_channel.display_name
            in [choice.display_name for choice in seen.available_input_routing_channels],
            True,
        ),
        clip_names=(
            [slot.clip.name for slot in seen.clip_slots if slot.has_clip],
            [value(clip, "Name") for clip in view.session_clips(element)],
        ),
        arranged_names=(
            [clip.name for clip in seen.arrangement_clips],
            [value(clip, "Name") for clip in view.arrangement_clips(element)],
        ),
        lane_names=(
            [lane.name for lane in seen.take_lanes],
            [
                value(e, "Name/EffectiveName") or value(e, "Name")
                for e in element.findall("TakeLanes/TakeLanes/TakeLane")
            ],
        ),
        slots_triggered=({slot.is_triggered for slot in seen.clip_slots}, {False}),
        slot_colors=({slot.color_index for slot in seen.clip_slots}, {None}),
    )
    channel = value(element, f"DeviceChain/{'Midi' if is_midi else 'Audio'}InputRouting/LowerDisplayString")
    if channel:
        compared(where, input_routing_channel=(seen.input_routing_channel.display_name, channel))


def _outputs(compared: Compared, where: str, seen: Any, element: Any) -> None:
    audible = element.tag != "MidiTrack" or seen.has_audio_output
    filed = element.find(f"DeviceChain/{'Audio' if audible else 'Midi'}OutputRouting")
    target, upper = value(filed, "Target"), value(filed, "UpperDisplayString")
    if target in ("AudioOut/Main", "AudioOut/Master"):
        upper = "Main"
    elif target == "MidiOut/None":
        upper = "No Output"
    elif target == "AudioOut/GroupTrack":
        upper = seen.group_track.name
    compared(where, output_routing_type=(seen.output_routing_type.display_name, upper))
    lower = value(filed, "LowerDisplayString")
    if lower:
        compared(where, output_routing_channel=(seen.output_routing_channel.display_name, lower))


def folded(element: Any) -> int:
    revealed = value(element, "GroupedTracksRevealed")
    return int(revealed == "false" if revealed else not flag(element, "TrackUnfolded"))


def _groups(element: Any, root: Any) -> list[Any]:
    """The group tracks around a track, the nearest first."""
    by_id = {track.get("Id"): track for track in view.tracks(root)}
    groups = []
    group = by_id.get(value(element, "TrackGroupId", "-1"))
    while group is not None:
        groups.append(group)
        group = by_id.get(value(group, "TrackGroupId", "-1"))
    return groups


def is_shown(element: Any, root: Any) -> bool:
    return not any(folded(group) for group in _groups(element, root))


def silenced(element: Any, root: Any) -> bool:
    """True when another track of its kind is soloed, and neither it nor a group around or a track in it is."""
    among = view.returns(root) if element.tag == "ReturnTrack" else view.tracks(root)
    soloed = [track for track in among if flag(track, "DeviceChain/Mixer/SoloSink")]
    if not soloed:
        return False
    heard = {id(track) for one in soloed for track in [one, *_groups(one, root)]}
    return id(element) not in heard and not any(group in soloed for group in _groups(element, root))


def clip(compared: Compared, seen: Any, element: Any, track: Any) -> None:
    where, loop = value(element, "Name") or element.tag, element.find("Loop")
    is_arranged = seen.is_arrangement_clip
    pointees = [
        value(envelope, "EnvelopeTarget/PointeeId") for envelope in element.findall("Envelopes/Envelopes/*")
    ]
    fixed = (
        int(value(element, "Grid/FixedNumerator", "0")),
        int(value(element, "Grid/FixedDenominator", "0")),
    )
    slots = view.slots(track)
    playing = int(value(track, "SavedPlayingSlot", "-1"))
    is_playing = not is_arranged and 0 <= playing < len(slots) and slots[playing] is element
    if not is_arranged and playing >= 0:
        # The view creates new elements at each call.
        is_playing = playing == next(
            (index for index, slot in enumerate(slots) if slot is not None and slot is element), -1
        )
    compared(
        where,
        has_envelopes=(seen.has_envelopes, bool(pointees)),
        color=(seen.color is not None, True),
        position=(seen.position, number(loop, "LoopStart")),
        is_take_lane_clip=(seen.is_take_lane_clip, False),
        grid_is_triplet=(seen.view.grid_is_triplet, value(element, "Grid/Ntoles", "2") == "3"),
        grid_quantization=(int(seen.view.grid_quantization), GRIDS.get(fixed, 8)),
        is_playing=(seen.is_playing, is_playing),
        is_triggered=(seen.is_triggered, False),
        is_recording=(seen.is_recording, False),
        is_overdubbing=(seen.is_overdubbing, False),
        will_record_on_start=(seen.will_record_on_start, False),
        parent=(type(seen.canonical_parent).__name__, "Track" if is_arranged else "ClipSlot"),
        session_and_arrangement=(seen.is_session_clip != seen.is_arrangement_clip, True),
        length=(seen.length, number(loop, "LoopEnd") - number(loop, "LoopStart")),
        order=(seen.loop_start < seen.loop_end and seen.start_marker < seen.end_marker, True),
    )
    if not is_arranged and not is_playing:
        looping = flag(loop, "LoopOn")
        if not looping and (element.tag == "MidiClip" or flag(element, "IsWarped")):
            seen.looping = True
            hidden = (number(loop, "HiddenLoopStart"), number(loop, "HiddenLoopEnd"))
            compared(where, hidden_loop=((seen.loop_start, seen.loop_end), hidden))
            seen.looping = False
    if element.tag == "MidiClip":
        filed = view.notes(element)
        starts = [float(note.get("Time", "0")) for _, note in filed]
        compared(
            where,
            notes_extended=(len(seen.get_notes_extended(0, 128, -1e6, 2e6)), len(filed)),
            selected_notes=(len(seen.get_selected_notes_extended()), 0),
            notes_in_the_first_beat=(
                len(seen.get_notes_extended(0, 128, 0.0, 1.0)),
                sum(0.0 <= start < 1.0 for start in starts),
            ),
            high_notes=(len(seen.get_notes_extended(64, 64, -1e6, 2e6)), sum(key >= 64 for key, _ in filed)),
            legacy_notes=(len(seen.get_notes(0.0, 0, 1e5, 128)), sum(0.0 <= start < 1e5 for start in starts)),
            note_order=(
                [(n.pitch, n.start_time) for n in seen.get_all_notes_extended()],
                sorted((key, float(note.get("Time", "0"))) for key, note in filed),
            ),
            longest_note=(
                max((n.duration for n in seen.get_all_notes_extended()), default=0.0),
                max((float(note.get("Duration", "0")) for _, note in filed), default=0.0),
            ),
            muted_notes=(
                sum(n.mute for n in seen.get_all_notes_extended()),
                sum(note.get("IsEnabled") == "false" for _, note in filed),
            ),
        )
        return
    path = value(element, "SampleRef/FileRef/Path")
    compared(
        where,
        file_name=(seen.file_path.rsplit("/", 1)[-1] != "", True),
        whole_path=(seen.file_path if path else "", path),
        warp_modes=(seen.warp_mode in (*seen.available_warp_modes, 5), True),
        marker_count=(len(seen.warp_markers) >= len(element.findall("WarpMarkers/WarpMarker")), True),
        seconds=(
            seen.sample_length / seen.sample_rate,
            int(value(element, "SampleRef/DefaultDuration")) / number(element, "SampleRef/DefaultSampleRate"),
        ),
        loud=(seen.gain >= 0.4, number(element, "SampleVolume", 1.0) >= 1.0),
    )


def device(compared: Compared, seen: Any, element: Any, track: Any) -> None:
    where, known = seen.name, lanes(track)
    compared(
        where,
        on_automated=(seen.parameters[0].automation_state, state_of(element.find("On"), track, known)),
        on_items=(list(seen.parameters[0].value_items), ["Off", "On"]),
        class_display_name=(bool(seen.class_display_name), True),
        has_a_type=(int(seen.type) in (0, 1, 2, 4), True),
        parameter_names=(all(parameter.name for parameter in seen.parameters), True),
        ranges=(all(p.min <= p.value <= p.max for p in seen.parameters), True),
        parent=(type(seen.canonical_parent).__name__, "Track"),
    )
    if element.tag.startswith("MxDevice"):
        reference = element.find("PatchSlot/Value/*/FileRef")
        leaf = value(reference, "Path") or value(reference, "Name") if reference is not None else ""
        if leaf and not value(element, "UserName"):
            compared(where, max_name=(seen.name, leaf.rsplit("/", 1)[-1].rsplit(".", 1)[0]))
        compared(where, max_class=(seen.class_display_name.startswith("Max "), True))
    if element.tag in PLUGINS:
        configured = [
            parameter for parameter in element.findall("ParameterList/*") if value(parameter, "ParameterName")
        ]
        compared(
            where,
            plugin_parameters=(
                [parameter.name for parameter in list(seen.parameters)[1:]],
                [value(parameter, "ParameterName") for parameter in configured],
            ),
            presets=(len(seen.presets) > 0, True),
            plugin_automated=(
                [parameter.automation_state for parameter in list(seen.parameters)[1:]],
                [state_of(parameter.find("ParameterValue"), track, known) for parameter in configured],
            ),
        )
    routable = element.find("SideChain/RoutedInput/Routable")
    if routable is not None and element.tag == "Compressor2":
        is_none = value(routable, "Target") == "AudioIn/None"
        compared(
            where,
            sidechain=(
                seen.input_routing_type.display_name,
                "No Input" if is_none else value(routable, "UpperDisplayString"),
            ),
            tap=(seen.input_routing_channel.display_name, value(routable, "LowerDisplayString")),
        )
    if "GroupDevice" in element.tag:
        _rack(compared, where, seen, element, track, known)


def _rack(compared: Compared, where: str, seen: Any, element: Any, track: Any, known: set[str]) -> None:
    macros = [element.find(f"MacroControls.{index}") for index in range(16)]
    seen_macros = list(seen.parameters)[1:17]
    compared(
        where,
        macro_names=(
            [parameter.name for parameter in seen_macros],
            [value(element, f"MacroDisplayNames.{i}", f"Macro {i + 1}") for i in range(16)],
        ),
        macro_automated=(
            [parameter.automation_state for parameter in seen_macros],
            [0 if macro is None else state_of(macro, track, known) for macro in macros],
        ),
        macro_original_names=(
            [p.original_name for p in seen_macros],
            [f"Macro {index + 1}" for index in range(16)],
        ),
        has_macro_mappings=(seen.has_macro_mappings, any(seen.macros_mapped)),
        chain_names=(all(chain.name for chain in seen.chains), True),
        chain_pans=(
            [round(chain.mixer_device.panning.value, 4) for chain in seen.chains],
            [
                round(number(branch, "MixerDevice/Panorama/Manual"), 4)
                for branch in element.findall("Branches/*")
            ],
        ),
        chain_volumes_automated=(
            [chain.mixer_device.volume.automation_state for chain in seen.chains],
            [
                state_of(branch.find("MixerDevice/Volume"), track, known)
                for branch in element.findall("Branches/*")
            ],
        ),
        has_drum_pads=(seen.can_have_drum_pads, element.tag == "DrumGroupDevice"),
    )
    if element.tag == "DrumGroupDevice":
        stored = [int(value(branch, "BranchInfo/ReceivingNote")) for branch in element.findall("Branches/*")]
        compared(
            where,
            in_notes=(
                [chain.in_note for chain in seen.chains],
                [128 - note if note else -1 for note in stored],
            ),
            parameter_count=(len(seen.parameters), 17),
        )
        # For a chain that takes every note (a stored 0), no source says in which pads it appears.
        if 0 not in stored:
            pads = {pad.note for pad in seen.drum_pads if len(pad.chains)}
            compared(where, filled_pads=(pads, {128 - note for note in stored}))
