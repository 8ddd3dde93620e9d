"""Rows for devices of every kind, parameters, racks, chains and pads.

`schema` describes the grammar of a row.
"""

ROWS = """
class Device
  can_compare_ab                   bool                     polled                         since=12.3
  can_have_chains                  bool                     constant
  can_have_drum_pads               bool                     constant
  class_display_name               str                      constant
  class_name                       str                      constant
  is_active                        bool                     observed
  is_using_compare_preset_b        bool                     observed                       write untracked since=12.3
  latency_in_ms                    float                    observed                       since=11.3.2
  latency_in_samples               int                      observed                       since=11.3.2
  name                             str                      observed                       write
  parameters                       children:DeviceParameter observed
  type                             int                      polled    [DeviceType]
  view                             child:Device.View        constant
  save_preset_to_compare_ab_slot() -> none  edit since=12.3
  store_chosen_bank(script_index: int, bank_index: int) -> none  act

class Device.View
  is_collapsed                     bool                     observed                       write untracked

class DeviceParameter
  automation_state                 int                      observed  [AutomationState]    within=2 after=value
  default_value                    float                    polled                         after=name
  display_value                    float                    polled                         write since=12.2.0 after=value
  display                          str                      polled                         after=value reads=str_for_value(value)
  is_enabled                       bool                     polled                         after=state
  is_quantized                     bool                     constant
  max                              float                    polled                         after=name
  min                              float                    polled                         after=name
  name                             str                      observed                       within=2
  original_name                    str                      polled                         after=name
  short_value_items                strs                     polled                         since=11.2.0 on=quantized after=name
  state                            int                      observed  [ParameterState]     within=2
  value                            float                    observed                       write
  value_items                      strs                     polled                         on=quantized after=name
  begin_gesture() -> none  internal
  end_gesture() -> none  internal
  re_enable_automation() -> none  act
  str_for_value(value: float) -> str  read

class DeviceIO
  available_routing_channels       routings                 observed
  available_routing_types          routings                 observed
  default_external_routing_channel_is_none bool                     polled                         write
  routing_channel                  routing                  observed                       write
  routing_type                     routing                  observed                       write

class RackDevice < Device
  can_show_chains                  bool                     polled                         after=chains
  chain_selector                   ref:DeviceParameter      polled                         since=11.3.2
  chains                           children:Chain           observed
  drum_pads                        children:DrumPad         observed
  has_drum_pads                    bool                     observed
  has_macro_mappings               bool                     observed
  is_showing_chains                bool                     observed                       write untracked
  macros_mapped                    bools                    observed                       tracked
  return_chains                    children:Chain           observed
  selected_variation_index         int                      polled                         write untracked after=variation_count
  variation_count                  int                      observed                       tracked
  view                             child:RackDevice.View    constant
  visible_drum_pads                refs:DrumPad             observed
  visible_macro_count              int                      observed  [1..16]              tracked since=11.3.2
  add_macro() -> none  edit
  copy_pad(source_index: place:drum_pads, destination_index: place:drum_pads) -> none  edit means=source_index.chains creates=DrumChain overwrites=drum_pads[destination_index]/chains
  delete_selected_variation() -> none  edit deletes=variation_count
  insert_chain(index: insert:chains = -1) -> obj:Chain  edit since=12.3 creates=Chain
  randomize_macros() -> none  edit changes=parameters
  recall_last_used_variation() -> none  edit changes=parameters
  recall_selected_variation() -> none  edit changes=parameters
  remove_macro() -> none  edit deletes=visible_macro_count
  store_variation() -> none  edit

class RackDevice.View < Device.View
  drum_pads_scroll_position        int                      observed  [0..28]              write untracked
  is_showing_chain_devices         bool                     observed                       write untracked
  selected_chain                   ref:Chain                observed                       write untracked
  selected_drum_pad                ref:DrumPad              observed                       write untracked

class Chain
  color                            int                      observed  [0..16777215 rgb]    write
  color_index                      int                      observed  [0..69]              write
  devices                          children:Device          observed
  has_audio_input                  bool                     polled
  has_audio_output                 bool                     polled
  has_midi_input                   bool                     polled
  has_midi_output                  bool                     polled
  is_auto_colored                  bool                     observed                       write
  mixer_device                     child:ChainMixerDevice   constant
  mute                             bool                     observed                       write
  muted_via_solo                   bool                     observed
  name                             str                      observed                       write
  solo                             bool                     observed                       write
  delete_device(device: place:devices) -> none  edit deletes=devices[device]
  duplicate_device(index: place:devices) -> none  edit since=12.3.0 creates=Device
  insert_device(device_name: str, device_index: insert:devices = -1) -> obj:Device  edit since=12.3 creates=Device

class DrumChain < Chain
  choke_group                      int                      observed  [0..16]              write
  in_note                          int                      observed  [0..127]             write since=12.3
  out_note                         int                      observed  [0..127]             write

class ChainMixerDevice
  chain_activator                  child:DeviceParameter    constant
  panning                          child:DeviceParameter    constant
  sends                            children:DeviceParameter observed
  volume                           child:DeviceParameter    constant

class DrumPad
  chains                           refs:Chain               observed
  mute                             bool                     observed                       write
  name                             str                      observed
  note                             int                      constant
  solo                             bool                     observed                       write
  delete_all_chains() -> none  edit means=chains deletes=chains
"""
