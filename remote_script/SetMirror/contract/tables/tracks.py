"""Rows for tracks and mixers.

`schema` describes the grammar of a row.
"""

ROWS = """
class Track
  arm                              bool                     observed                       write untracked on=midi,audio
  arrangement_clips                children:Clip            observed
  available_input_routing_channels routings                 observed                       on=midi,audio
  available_input_routing_types    routings                 observed                       on=midi,audio
  available_output_routing_channels routings                 observed                       on=midi,audio,group,return
  available_output_routing_types   routings                 observed                       on=midi,audio,group,return
  back_to_arranger                 bool                     observed                       write untracked one-way since=12.0.5 later=arranger
  can_be_armed                     bool                     polled
  can_be_frozen                    bool                     polled
  can_show_chains                  bool                     polled
  clip_slots                       children:ClipSlot        observed
  color                            int                      observed  [0..16777215 rgb]    write
  color_index                      int                      observed  [0..69]              write
  current_monitoring_state         int                      observed  [Monitoring]         write untracked on=midi,audio
  devices                          children:Device          observed
  fired_slot_index                 int                      observed                       on=midi,audio,group
  fold_state                       bool                     polled                         write untracked on=group
  group_track                      ref:Track                polled
  has_audio_input                  bool                     observed
  has_audio_output                 bool                     observed
  has_midi_input                   bool                     observed
  has_midi_output                  bool                     observed
  implicit_arm                     bool                     observed                       write untracked on=midi,audio
  input_meter_left                 float                    gauge                          on=audio
  input_meter_level                float                    gauge
  input_meter_right                float                    gauge                          on=audio
  input_routing_channel            routing                  observed                       write on=midi,audio
  input_routing_type               routing                  observed                       write on=midi,audio
  is_foldable                      bool                     polled
  is_frozen                        bool                     observed                       tracked
  is_grouped                       bool                     polled
  is_part_of_selection             bool                     polled
  is_showing_chains                bool                     observed                       write untracked
  is_visible                       bool                     polled
  mixer_device                     child:MixerDevice        constant
  mute                             bool                     observed                       write on=midi,audio,group,return
  muted_via_solo                   bool                     observed
  name                             str                      observed                       write
  output_meter_left                float                    gauge
  output_meter_level               float                    gauge
  output_meter_right               float                    gauge
  output_routing_channel           routing                  observed                       write on=midi,audio,group,return
  output_routing_type              routing                  observed                       write on=midi,audio,group,return
  performance_impact               float                    gauge                          since=11.1.0
  playing_slot_index               int                      observed                       on=midi,audio,group
  solo                             bool                     observed                       write on=midi,audio,group,return
  take_lanes                       children:TakeLane        observed                       since=12.2.0
  view                             child:Track.View         constant
  create_audio_clip(file_path: str, position: float) -> obj:Clip  edit since=11.3.25 creates=Clip overwrites=~covered
  create_midi_clip(start_time: float, length: float) -> obj:Clip  edit since=12.2.0 creates=Clip overwrites=~covered
  create_take_lane() -> obj:TakeLane  edit since=12.2.0 creates=TakeLane
  delete_clip(slot: obj:Clip) -> none  edit deletes=@slot
  delete_device(device: place:devices) -> none  edit deletes=devices[device]
  duplicate_clip_slot(index: place:clip_slots) -> int  edit means=index.clip creates=Clip,Scene,ClipSlot overwrites=~next_clip changes=clip_slots[index]
  duplicate_clip_to_arrangement(clip: obj:Clip, destination_time: float) -> obj:Clip  edit creates=Clip overwrites=~covered
  move_clip_to_arrangement(clip: obj:Clip, destination_time: float) -> obj:Clip  edit ours creates=Clip deletes=@clip overwrites=~covered
  duplicate_device(index: place:devices) -> none  edit since=12.3.0 creates=Device
  get_data(key: str, default_value: json) -> json  read
  insert_device(device_name: str, device_index: insert:devices = -1) -> obj:Device  edit since=12.3 creates=Device
  jump_in_running_session_clip(beats: float) -> none  act plays=~playing
  set_data(key: str, value: json) -> none  act
  stamp_automation(clip: obj:Clip, device_parameter: obj:DeviceParameter, destination_time: float, length: float) -> none  edit ours creates=Clip overwrites=~covered
  stop_all_clips(quantized: bool = true) -> none  act plays=~playing later=stop

class Track.View
  device_insert_mode               int                      observed  [DeviceInsertMode]   write untracked
  is_collapsed                     bool                     observed                       write untracked
  selected_device                  ref:Device               observed
  select_instrument() -> bool  act

class MixerDevice
  crossfade_assign                 int                      observed  [CrossfadeAssign]    write on=midi,audio,group,return
  crossfader                       child:DeviceParameter    constant                       on=main
  cue_volume                       child:DeviceParameter    constant                       on=main
  left_split_stereo                child:DeviceParameter    constant
  panning                          child:DeviceParameter    constant
  panning_mode                     int                      observed  [PanningMode]        write
  right_split_stereo               child:DeviceParameter    constant
  sends                            children:DeviceParameter observed
  song_tempo                       child:DeviceParameter    constant                       on=main
  track_activator                  child:DeviceParameter    constant
  volume                           child:DeviceParameter    constant
"""
