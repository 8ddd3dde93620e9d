"""Rows for take lanes, clip slots and clips.

`schema` describes the grammar of a row.
"""

ROWS = """
class TakeLane
  arrangement_clips                children:Clip            observed                       since=12.2.0
  name                             str                      observed                       write since=12.2.0
  create_audio_clip(file_path: str, start_time: float) -> obj:Clip  edit since=12.2.0 creates=Clip overwrites=~covered
  create_midi_clip(start_time: float, length: float) -> obj:Clip  edit since=12.2.0 creates=Clip overwrites=~covered

class ClipSlot
  clip                             child:Clip               polled                         after=has_clip
  color                            int                      observed                       on=group
  color_index                      int                      observed                       on=group
  controls_other_clips             bool                     observed                       on=group
  has_clip                         bool                     observed
  has_stop_button                  bool                     observed                       write
  is_group_slot                    bool                     polled
  is_playing                       bool                     polled                         after=playing_status,is_triggered,has_clip
  is_recording                     bool                     polled                         after=playing_status,is_triggered,has_clip
  is_triggered                     bool                     observed
  playing_status                   int                      observed  [PlayingStatus]      on=group
  will_record_on_start             bool                     polled
  create_audio_clip(file_path: str) -> obj:Clip  edit since=11.3.25 creates=Clip overwrites=clip
  create_clip(pages: float) -> obj:Clip  edit creates=Clip overwrites=clip
  delete_clip() -> none  edit means=clip deletes=clip
  duplicate_clip_to(target_clip_slot: obj:ClipSlot) -> none  edit means=clip creates=Clip overwrites=@target_clip_slot/clip
  move_clip_to(target_clip_slot: obj:ClipSlot) -> none  edit ours means=clip creates=Clip deletes=clip overwrites=@target_clip_slot/clip
  fire(record_length: float = null, launch_quantization: int = null) -> none  act means=clip plays=clip,~playing later=launch
  set_fire_button_state(state: bool) -> none  act plays=clip,~playing later=launch
  stop() -> none  act plays=~playing later=stop

class Clip
  automation_envelopes             envelopes                content                        tracked since=12.2.0 after=has_envelopes
  available_warp_modes             ints                     polled                         on=audio after=warp_mode
  color                            int                      observed  [0..16777215 rgb]    write
  color_index                      int                      observed  [0..69]              write
  end_marker                       float                    observed  [beats]              write
  end_time                         float                    observed  [beats]
  file_path                        str                      observed                       on=audio
  gain                             float                    observed  [0..1]               write on=audio
  gain_display_string              str                      polled                         on=audio after=gain
  groove                           ref:Groove               observed                       write
  has_envelopes                    bool                     observed                       tracked
  has_groove                       bool                     polled                         after=groove
  is_arrangement_clip              bool                     constant
  is_audio_clip                    bool                     constant
  is_midi_clip                     bool                     constant
  is_overdubbing                   bool                     observed                       on=session
  is_playing                       bool                     polled                         write untracked on=session after=playing_status later=launch
  is_recording                     bool                     observed                       on=session
  is_session_clip                  bool                     constant                       since=12.2.0
  is_take_lane_clip                bool                     constant                       since=12.2.0
  is_triggered                     bool                     polled                         on=session after=playing_status
  launch_mode                      int                      observed  [LaunchMode]         write
  launch_quantization              int                      observed  [LaunchQuantization] write
  legato                           bool                     observed                       write
  length                           float                    polled    [beats]              after=loop_start,loop_end,looping,start_marker,end_marker,end_time
  loop_end                         float                    observed  [beats]              write
  loop_start                       float                    observed  [beats]              write
  looping                          bool                     observed                       write
  muted                            bool                     observed                       write
  name                             str                      observed                       write
  pitch_coarse                     int                      observed  [-48..48 st]         write on=audio
  pitch_fine                       float                    observed  [-500..500 ct]       write on=audio
  playing_position                 float                    gauge     [beats]              on=session
  position                         float                    observed  [beats]              write
  ram_mode                         bool                     observed                       write on=audio
  sample_length                    int                      polled                         on=audio
  sample_rate                      float                    polled                         on=audio since=11.1.0
  signature_denominator            int                      observed  [1|2|4|8|16]         write
  signature_numerator              int                      observed  [1..99]              write
  start_marker                     float                    observed  [beats]              write
  start_time                       float                    observed  [beats]
  velocity_amount                  float                    observed  [0..1]               write
  view                             child:Clip.View          constant
  warp_markers                     warp_markers             content                        tracked on=audio after=warp_markers
  warp_mode                        int                      observed  [WarpMode]           write on=audio
  warping                          bool                     observed                       write on=audio later=warp
  will_record_on_start             bool                     polled                         on=midi after=playing_status
  notes                            notes                    content                        on=midi after=notes
  add_new_notes(notes: notes) -> ints  edit
  add_warp_marker(warp_marker: warp_marker) -> none  edit since=11.1.0
  apply_note_modifications(notes: notes) -> none  edit
  automation_envelope(device_parameter: obj:DeviceParameter) -> obj:Envelope  read
  beat_to_sample_time(beat_time: float) -> float  read
  clear_all_envelopes() -> none  edit deletes=automation_envelopes
  clear_envelope(device_parameter: obj:DeviceParameter) -> none  edit deletes=automation_envelopes
  create_automation_envelope(device_parameter: obj:DeviceParameter) -> obj:Envelope  edit
  crop() -> none  edit deletes=notes
  deselect_all_notes() -> none  act
  duplicate_loop() -> none  edit
  duplicate_notes_by_id(note_ids: ints, destination_time: float = null, transposition_amount: int = 0) -> ints  edit since=11.1.2
  duplicate_region(region_start: float, region_length: float, destination_time: float, pitch: int = -1, transposition_amount: int = 0) -> none  edit
  fire() -> none  act plays=~playing later=launch
  get_all_notes_extended() -> notes  read since=11.1
  get_notes(from_time: float, from_pitch: int, time_span: float, pitch_span: int) -> json  read
  get_notes_by_id(note_ids: ints) -> notes  read
  get_notes_extended(from_pitch: int, pitch_span: int, from_time: float, time_span: float) -> notes  read
  get_selected_notes() -> json  read
  get_selected_notes_extended() -> notes  read
  move_playing_pos(beats: float) -> none  act plays
  move_warp_marker(marker_beat_time: float, beat_time_distance: float) -> none  edit since=11.1.0
  note_number_to_name(midi_pitch: int) -> str  read since=12.0.5
  quantize(quantization_grid: int, amount: float) -> none  edit
  quantize_pitch(note: int, source: int, amount: float) -> none  edit
  remove_notes(from_time: float, from_pitch: int, time_span: float, pitch_span: int) -> none  edit deletes=notes
  remove_notes_by_id(note_ids: ints) -> none  edit deletes=notes
  remove_notes_extended(from_pitch: int, pitch_span: int, from_time: float, time_span: float) -> none  edit deletes=notes
  remove_warp_marker(beat_time: float) -> none  edit since=11.1.0 deletes=warp_markers
  replace_selected_notes(notes: json) -> none  edit deletes=notes
  sample_to_beat_time(sample_time: float) -> float  read
  scrub(scrub_position: float) -> none  act plays
  seconds_to_sample_time(seconds: float) -> float  read
  select_all_notes() -> none  act
  select_notes_by_id(note_ids: ints) -> none  act since=11.0.6
  set_fire_button_state(state: bool) -> none  act plays=~playing later=launch
  set_notes(notes: json) -> none  edit
  stop() -> none  act plays=~playing later=stop
  stop_scrub() -> none  act plays
  insert_envelope_step(device_parameter: obj:DeviceParameter, time: float, length: float, value: json) -> none  edit ours
  draw_envelope(device_parameter: obj:DeviceParameter, ramps: json) -> json  edit ours
  shown_envelope(device_parameter: obj:DeviceParameter) -> json  read ours since=12.2.0
  envelope_value(device_parameter: obj:DeviceParameter, time: float) -> float  read ours
  delete_envelope_events(device_parameter: obj:DeviceParameter, from_time: float, to_time: float) -> none  edit since=12.2.0 ours deletes=automation_envelopes
  replace_notes(notes: notes) -> ints  edit ours deletes=notes

class Clip.View
  grid_is_triplet                  bool                     polled                         write untracked
  grid_quantization                int                      polled    [GridQuantization]   write untracked
  hide_envelope() -> none  act
  select_envelope_parameter(device_parameter: obj:DeviceParameter) -> none  act
  show_envelope() -> none  act
  show_loop() -> none  act
"""
