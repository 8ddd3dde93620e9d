"""Rows for the devices that show more than parameters.

`schema` describes the grammar of a row.
"""

ROWS = """
class PluginDevice < Device
  presets                          strs                     observed
  selected_preset_index            int                      observed                       write
  is_editor_open                   bool                     observed                       write untracked since=12.4
  get_parameter_names(begin: int = 0, end: int = -1) -> strs  read

class MaxDevice < Device
  audio_inputs                     children:DeviceIO        observed
  audio_outputs                    children:DeviceIO        observed
  midi_inputs                      children:DeviceIO        observed
  midi_outputs                     children:DeviceIO        observed
  get_bank_count() -> int  read
  get_bank_name(bank_index: int) -> str  read
  get_bank_parameters(bank_index: int) -> json  read
  get_value_item_icons(device_parameter: obj:DeviceParameter) -> json  read

class SimplerDevice < Device
  can_warp_as                      bool                     observed
  can_warp_double                  bool                     observed
  can_warp_half                    bool                     observed
  multi_sample_mode                bool                     observed
  note_pitch_bend_range            int                      observed                       write since=11.3.20
  pad_slicing                      bool                     observed                       write
  pitch_bend_range                 int                      observed                       write since=11.3.20
  playback_mode                    int                      observed  [PlaybackMode]       write
  playing_position                 float                    gauge
  playing_position_enabled         bool                     observed
  retrigger                        bool                     observed                       write
  sample                           child:Sample             observed
  slicing_playback_mode            int                      observed  [SlicingPlaybackMode] write
  view                             child:SimplerDevice.View constant
  voices                           int                      observed  [1|2|3|4|6|8|12|16|24|32] write
  crop() -> none  edit overwrites=sample
  guess_playback_length() -> float  read
  reverse() -> none  edit changes=sample
  warp_as(beat_time: float) -> none  edit changes=sample
  warp_double() -> none  edit changes=sample
  warp_half() -> none  edit changes=sample
  replace_sample(file_path: str) -> none  edit since=12.4 creates=Sample overwrites=sample

class SimplerDevice.View < Device.View
  sample_end                       int                      observed
  sample_env_fade_in               int                      observed
  sample_env_fade_out              int                      observed
  sample_loop_end                  int                      observed
  sample_loop_fade                 int                      observed
  sample_loop_start                int                      observed
  sample_start                     int                      observed
  selected_slice                   int                      observed                       write untracked

class Sample
  beats_granulation_resolution     int                      observed                       write
  beats_transient_envelope         float                    observed                       write
  beats_transient_loop_mode        int                      observed  [TransientLoopMode]  write
  complex_pro_envelope             float                    observed                       write
  complex_pro_formants             float                    observed                       write
  end_marker                       int                      observed                       write
  file_path                        str                      observed                       tracked
  gain                             float                    observed  [0..1]               write
  length                           int                      polled                         after=file_path
  sample_rate                      float                    polled                         after=file_path
  slices                           ints                     observed                       tracked
  slicing_beat_division            int                      observed  [SlicingBeatDivision] write
  slicing_region_count             int                      observed                       write
  slicing_sensitivity              float                    observed  [0..1]               write
  slicing_style                    int                      observed  [SlicingStyle]       write
  start_marker                     int                      observed                       write
  texture_flux                     float                    observed                       write
  texture_grain_size               float                    observed                       write
  tones_grain_size                 float                    observed                       write
  warp_markers                     warp_markers             content                        after=warp_markers
  warp_mode                        int                      observed  [WarpMode]           write
  warping                          bool                     observed                       write
  beat_to_sample_time(beat_time: float) -> float  read
  clear_slices() -> none  edit deletes=slices
  gain_display_string() -> str  read
  insert_slice(slice_time: int) -> none  edit
  move_slice(old_time: int, new_time: int) -> int  edit
  remove_slice(slice_time: int) -> none  edit deletes=slices
  reset_slices() -> none  edit deletes=slices
  sample_to_beat_time(sample_time: float) -> float  read

class WavetableDevice < Device
  filter_routing                   int                      observed  [FilterRouting]      write
  mono_poly                        int                      observed  [Voicing]            write
  oscillator_1_effect_mode         int                      observed  [EffectMode]         write
  oscillator_1_wavetable_category  int                      observed                       write
  oscillator_1_wavetable_index     int                      observed                       write
  oscillator_1_wavetables          strs                     observed
  oscillator_2_effect_mode         int                      observed  [EffectMode]         write
  oscillator_2_wavetable_category  int                      observed                       write
  oscillator_2_wavetable_index     int                      observed                       write
  oscillator_2_wavetables          strs                     observed
  oscillator_wavetable_categories  strs                     polled
  poly_voices                      int                      observed  [VoiceCount]         write
  unison_mode                      int                      observed  [UnisonMode]         write
  unison_voice_count               int                      observed  [2..8]               write
  visible_modulation_target_names  strs                     observed                       tracked
  add_parameter_to_modulation_matrix(parameter: obj:DeviceParameter) -> int  edit
  get_modulation_target_parameter_name(target_index: int) -> str  read
  get_modulation_value(target_index: int, source: int) -> float  read
  is_parameter_modulatable(parameter: obj:DeviceParameter) -> bool  read
  set_modulation_value(target_index: int, source: int, value: float) -> none  edit

class Eq8Device < Device
  edit_mode                        bool                     observed                       write
  global_mode                      int                      observed  [Eq8GlobalMode]      write
  oversample                       bool                     observed                       write
  view                             child:Eq8Device.View     constant

class Eq8Device.View < Device.View
  selected_band                    int                      observed  [0..7]               write untracked

class CompressorDevice < Device
  available_input_routing_channels routings                 observed
  available_input_routing_types    routings                 observed
  input_routing_channel            routing                  observed                       write
  input_routing_type               routing                  observed                       write

class HybridReverbDevice < Device
  ir_attack_time                   float                    observed                       write
  ir_category_index                int                      observed                       write
  ir_category_list                 strs                     polled
  ir_decay_time                    float                    observed                       write
  ir_file_index                    int                      observed                       write
  ir_file_list                     strs                     observed
  ir_size_factor                   float                    observed                       write
  ir_time_shaping_on               bool                     observed                       write

class LooperDevice < Device
  loop_length                      float                    observed                       since=12.0.5
  overdub_after_record             bool                     observed                       write since=12.0.5
  record_length_index              int                      observed  [0..10]              write since=12.0.5
  record_length_list               strs                     polled                         since=12.0.5
  tempo                            float                    observed                       since=12.0.5
  clear() -> none  act since=12.0.5 plays
  double_length() -> none  act since=12.0.5 plays
  double_speed() -> none  act since=12.0.5 plays
  export_to_clip_slot(clip_slot: obj:ClipSlot) -> none  edit since=12.1.0 creates=Clip overwrites=@clip_slot/clip
  half_length() -> none  act since=12.0.5 plays
  half_speed() -> none  act since=12.0.5 plays
  overdub() -> none  act since=12.0.5 plays
  play() -> none  act since=12.0.5 plays
  record() -> none  act since=12.0.5 plays
  stop() -> none  act since=12.0.5 plays
  undo() -> none  act since=12.0.5 plays

class CcControlDevice < Device
  custom_bool_target               int                      observed                       write since=12.0.0
  custom_bool_target_list          strs                     polled                         since=12.0.0
  custom_float_target_0            int                      observed                       write since=12.0.0
  custom_float_target_0_list       strs                     polled                         since=12.0.0
  custom_float_target_1            int                      observed                       write since=12.0.0
  custom_float_target_10           int                      observed                       write since=12.0.0
  custom_float_target_10_list      strs                     polled                         since=12.0.0
  custom_float_target_11           int                      observed                       write since=12.0.0
  custom_float_target_11_list      strs                     polled                         since=12.0.0
  custom_float_target_1_list       strs                     polled                         since=12.0.0
  custom_float_target_2            int                      observed                       write since=12.0.0
  custom_float_target_2_list       strs                     polled                         since=12.0.0
  custom_float_target_3            int                      observed                       write since=12.0.0
  custom_float_target_3_list       strs                     polled                         since=12.0.0
  custom_float_target_4            int                      observed                       write since=12.0.0
  custom_float_target_4_list       strs                     polled                         since=12.0.0
  custom_float_target_5            int                      observed                       write since=12.0.0
  custom_float_target_5_list       strs                     polled                         since=12.0.0
  custom_float_target_6            int                      observed                       write since=12.0.0
  custom_float_target_6_list       strs                     polled                         since=12.0.0
  custom_float_target_7            int                      observed                       write since=12.0.0
  custom_float_target_7_list       strs                     polled                         since=12.0.0
  custom_float_target_8            int                      observed                       write since=12.0.0
  custom_float_target_8_list       strs                     polled                         since=12.0.0
  custom_float_target_9            int                      observed                       write since=12.0.0
  custom_float_target_9_list       strs                     polled                         since=12.0.0
  resend() -> none  act since=12.0.0

class DriftDevice < Device
  mod_matrix_filter_source_1_index int                      observed                       write since=11.3.2
  mod_matrix_filter_source_1_list  strs                     polled                         since=11.3.2
  mod_matrix_filter_source_2_index int                      observed                       write since=11.3.2
  mod_matrix_filter_source_2_list  strs                     polled                         since=11.3.2
  mod_matrix_lfo_source_index      int                      observed                       write since=11.3.2
  mod_matrix_lfo_source_list       strs                     polled                         since=11.3.2
  mod_matrix_pitch_source_1_index  int                      observed                       write since=11.3.2
  mod_matrix_pitch_source_1_list   strs                     polled                         since=11.3.2
  mod_matrix_pitch_source_2_index  int                      observed                       write since=11.3.2
  mod_matrix_pitch_source_2_list   strs                     polled                         since=11.3.2
  mod_matrix_shape_source_index    int                      observed                       write since=11.3.2
  mod_matrix_shape_source_list     strs                     polled                         since=11.3.2
  mod_matrix_source_1_index        int                      observed                       write since=11.3.2
  mod_matrix_source_1_list         strs                     polled                         since=11.3.2
  mod_matrix_source_2_index        int                      observed                       write since=11.3.2
  mod_matrix_source_2_list         strs                     polled                         since=11.3.2
  mod_matrix_source_3_index        int                      observed                       write since=11.3.2
  mod_matrix_source_3_list         strs                     polled                         since=11.3.2
  mod_matrix_target_1_index        int                      observed                       write since=11.3.2
  mod_matrix_target_1_list         strs                     polled                         since=11.3.2
  mod_matrix_target_2_index        int                      observed                       write since=11.3.2
  mod_matrix_target_2_list         strs                     polled                         since=11.3.2
  mod_matrix_target_3_index        int                      observed                       write since=11.3.2
  mod_matrix_target_3_list         strs                     polled                         since=11.3.2
  pitch_bend_range                 int                      observed  [0..12]              write since=11.3.2
  voice_count_index                int                      observed                       write since=11.3.2
  voice_count_list                 strs                     polled                         since=11.3.2
  voice_mode_index                 int                      observed                       write since=11.3.2
  voice_mode_list                  strs                     polled                         since=11.3.2

class DrumCellDevice < Device
  gain                             float                    observed                       write since=12.1.0

class MeldDevice < Device
  mono_poly                        int                      observed                       write since=12.0.0
  poly_voices                      int                      observed                       write since=12.0.0
  selected_engine                  bool                     observed                       write since=12.0.0
  unison_voices                    int                      observed                       write since=12.0.0

class RoarDevice < Device
  env_listen                       bool                     observed                       write since=12.0.0
  routing_mode_index               int                      observed                       write since=12.0.0
  routing_mode_list                strs                     polled                         since=12.0.0

class ShifterDevice < Device
  pitch_bend_range                 int                      observed                       write since=11.1.0
  pitch_mode_index                 int                      observed                       write since=11.1.0
  pitch_mode_list                  strs                     polled                         since=11.1.0

class SpectralResonatorDevice < Device
  frequency_dial_mode              int                      observed                       write
  frequency_dial_mode_list         strs                     observed
  midi_gate                        int                      observed                       write
  midi_gate_list                   strs                     observed
  mod_mode                         int                      observed                       write
  mod_mode_list                    strs                     observed
  mono_poly                        int                      observed                       write
  mono_poly_list                   strs                     observed
  pitch_bend_range                 int                      observed                       write
  pitch_mode                       int                      observed                       write
  pitch_mode_list                  strs                     observed
  polyphony                        int                      observed                       write
"""
