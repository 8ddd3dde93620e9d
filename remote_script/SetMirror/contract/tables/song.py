"""Rows for the Song: transport, view, scenes, cue points, grooves, tuning.

`schema` describes the grammar of a row.
"""

ROWS = """
class Song
  appointed_device                 ref:Device               observed                       write untracked
  arrangement_overdub              bool                     observed                       write untracked
  back_to_arranger                 bool                     observed                       write untracked one-way later=arranger
  can_capture_midi                 bool                     observed
  can_jump_to_next_cue             bool                     observed
  can_jump_to_prev_cue             bool                     observed
  can_redo                         bool                     polled
  can_undo                         bool                     polled
  clip_trigger_quantization        int                      observed  [Quantization]       write untracked
  count_in_duration                int                      observed  [0..3]
  cue_points                       children:CuePoint        observed
  current_song_time                float                    gauge     [0.. beats]          write untracked later=jump
  exclusive_arm                    bool                     observed
  exclusive_solo                   bool                     polled
  file_path                        str                      polled                         since=11.3.25
  groove_amount                    float                    observed  [0..1.3125]          write
  groove_pool                      child:GroovePool         constant
  is_ableton_link_enabled          bool                     observed                       write untracked since=11.1.0
  is_ableton_link_start_stop_sync_enabled bool                     observed                       write untracked since=11.1.0
  is_counting_in                   bool                     observed
  is_playing                       bool                     observed                       write untracked later=transport
  last_event_time                  float                    gauge
  loop                             bool                     observed                       write later=own
  loop_length                      float                    observed  [1.. beats]          write
  loop_start                       float                    observed  [0.. beats]          write
  master_track                     child:Track              constant
  metronome                        bool                     observed                       write untracked
  midi_recording_quantization      int                      observed  [RecordingQuantization] write untracked
  name                             str                      polled                         since=11.3.25
  nudge_down                       bool                     observed                       write untracked
  nudge_up                         bool                     observed                       write untracked
  overdub                          bool                     observed                       write untracked later=record
  punch_in                         bool                     observed                       write untracked later=own
  punch_out                        bool                     observed                       write untracked later=own
  re_enable_automation_enabled     bool                     observed
  record_mode                      bool                     observed                       write untracked later=record
  return_tracks                    children:Track           observed
  root_note                        int                      observed  [0..11]              write
  scale_intervals                  ints                     observed
  scale_mode                       bool                     observed                       write since=12.0.5
  scale_name                       str                      observed  [Scale]              write
  scenes                           children:Scene           observed
  select_on_launch                 bool                     polled
  session_automation_record        bool                     observed                       write untracked later=record
  session_record                   bool                     observed                       write untracked later=record
  session_record_status            int                      observed  [SessionRecordStatus]
  signature_denominator            int                      observed  [1|2|4|8|16]         write
  signature_numerator              int                      observed  [1..99]              write
  song_length                      float                    observed  [beats]
  start_time                       float                    observed  [0.. beats]          write untracked since=11.2.0
  swing_amount                     float                    observed  [0..1]               write
  tempo                            float                    observed  [20..999 bpm]        write
  tempo_follower_enabled           bool                     observed                       write untracked
  tracks                           children:Track           observed
  tuning_system                    child:TuningSystem       observed                       since=12.0.0
  view                             child:Song.View          constant
  visible_tracks                   refs:Track               observed
  begin_undo_step() -> none  internal
  capture_and_insert_scene(capture_mode: int = 0) -> none  edit creates=Scene,ClipSlot,Clip changes=~playing
  capture_midi(destination: int = 0) -> none  edit creates=Clip changes=~armed
  continue_playing() -> none  act plays later=transport
  create_audio_track(index: insert:tracks = null) -> obj:Track  edit creates=Track
  create_midi_track(index: insert:tracks = null) -> obj:Track  edit creates=Track
  create_return_track() -> obj:Track  edit creates=Track,DeviceParameter
  create_scene(index: insert:scenes) -> obj:Scene  edit creates=Scene,ClipSlot
  delete_return_track(index: place:return_tracks) -> none  edit deletes=return_tracks[index],/tracks/mixer_device/sends[index],/return_tracks/mixer_device/sends[index]
  delete_scene(index: place:scenes) -> none  edit deletes=scenes[index],/tracks/clip_slots[index]
  delete_track(index: place:tracks) -> none  edit deletes=tracks[index]
  duplicate_scene(index: place:scenes) -> none  edit creates=Scene,ClipSlot,Clip changes=scenes[index],/tracks/clip_slots[index]/clip
  duplicate_track(index: place:tracks) -> none  edit creates=Track changes=tracks[index]
  end_undo_step() -> none  internal
  find_device_position(device: obj:Device, target: obj, target_position: insert:target.devices) -> int  read
  force_link_beat_time() -> none  internal
  get_beats_loop_length() -> json  read
  get_beats_loop_start() -> json  read
  get_current_beats_song_time() -> json  read
  get_current_smpte_song_time(smpte_format: int) -> json  read
  get_data(key: str, default_value: json) -> json  read
  is_cue_point_selected() -> bool  read
  jump_by(beats: float) -> none  act plays later=jump
  jump_to_next_cue() -> none  act plays later=jump
  jump_to_prev_cue() -> none  act plays later=jump
  move_device(device: obj:Device, target: obj, target_position: insert:target.devices) -> int  edit
  play_selection() -> none  act plays later=transport
  re_enable_automation() -> none  act
  redo() -> str  act undoes
  scrub_by(beats: float) -> none  act plays later=jump
  set_data(key: str, value: json) -> none  act
  set_or_delete_cue() -> none  edit creates=CuePoint overwrites=cue_points
  start_playing() -> none  act plays later=transport
  stop_all_clips(quantized: bool = true) -> none  act plays=~playing later=stop
  stop_playing() -> none  act plays later=transport
  tap_tempo() -> none  act later=transport
  trigger_session_record(record_length: float = null) -> none  act plays=~armed later=record
  undo() -> str  act undoes
  sync_parameter_changes() -> none  internal since=12.4
  create_cue_point(time: float, name: str = null) -> obj:CuePoint  edit ours creates=CuePoint
  delete_cue_point(time: place:cue_points@time) -> none  edit ours deletes=cue_points[time]

class Song.View
  detail_clip                      ref:Clip                 observed                       write untracked
  draw_mode                        bool                     observed                       write untracked
  follow_song                      bool                     observed                       write untracked
  highlighted_clip_slot            ref:ClipSlot             polled                         write untracked after=selected_track,selected_scene
  selected_chain                   ref:Chain                observed                       write untracked
  selected_parameter               ref:DeviceParameter      observed
  selected_scene                   ref:Scene                observed                       write untracked
  selected_track                   ref:Track                observed                       write untracked
  select_device(device: obj:Device, should_appoint_device: bool = true) -> none  act

class CuePoint
  name                             str                      observed                       write
  time                             float                    observed  [beats]              tracked
  jump() -> none  act plays later=jump

class Scene
  clip_slots                       refs:ClipSlot            observed
  color                            int                      observed  [0..16777215 rgb]    write
  color_index                      int                      observed  [0..69]              write
  is_empty                         bool                     polled
  is_triggered                     bool                     observed
  name                             str                      observed                       write
  tempo                            float                    observed  [20..999 bpm]        write
  tempo_enabled                    bool                     observed                       write since=11.1.0
  time_signature_denominator       int                      observed  [1|2|4|8|16]         write since=11.1.0
  time_signature_enabled           bool                     observed                       write since=11.1.0
  time_signature_numerator         int                      observed  [1..99]              write since=11.1.0
  fire(force_legato: bool = false, can_select_scene_on_launch: bool = true) -> none  act plays=~launched later=launch
  fire_as_selected(force_legato: bool = false) -> none  act plays=~launched_selected later=launch
  set_fire_button_state(state: bool) -> none  act plays=~launched later=launch

class GroovePool
  grooves                          children:Groove          observed

class Groove
  base                             int                      polled    [GrooveBase]         write
  name                             str                      observed                       write
  quantization_amount              float                    observed  [0..131]             write
  random_amount                    float                    observed  [0..131]             write
  timing_amount                    float                    observed  [0..131]             write
  velocity_amount                  float                    observed  [-131..131]          write

class TuningSystem
  highest_note                     json                     observed                       write since=12.1.0
  lowest_note                      json                     observed                       write since=12.1.0
  name                             str                      observed                       write since=12.1.0
  note_tunings                     json                     observed                       write since=12.1.0
  number_of_notes_in_pseudo_octave int                      polled                         since=12.1.0
  pseudo_octave_in_cents           float                    polled                         since=12.1.0
  reference_pitch                  json                     observed                       write since=12.1.0
"""
