"""Rows for the application, its view and the browser.

`schema` describes the grammar of a row.
"""

ROWS = """
class Application
  average_process_usage            float                    gauge                          since=11.1.0
  browser                          child:Browser            constant
  current_dialog_button_count      int                      polled                         after=open_dialog_count
  current_dialog_message           str                      polled                         after=open_dialog_count
  open_dialog_count                int                      observed
  peak_process_usage               float                    gauge                          since=11.1.0
  unavailable_features             ints                     observed
  view                             child:Application.View   constant
  get_bugfix_version() -> int  read
  get_build_id() -> str  read since=12.0.0
  get_document() -> obj:Song  read
  get_major_version() -> int  read
  get_minor_version() -> int  read
  get_variant() -> str  read since=12.0.0
  get_version_string() -> str  read since=11.3.2
  has_option(option_name: str) -> bool  read
  press_current_dialog_button(index: int) -> none  act
  show_message(text: str, buttons: int = 0, enable_markup: bool = false, show_success_icon: bool = false) -> int  act since=12.0.0
  show_on_the_fly_message(message: str, buttons: int = 0, enable_markup: bool = false, show_success_icon: bool = false, push_dialog_type: int = 0) -> int  act since=12.0.0

class Application.View
  browse_mode                      bool                     observed
  focused_document_view            str                      observed
  available_main_views() -> strs  read
  focus_view(view: str) -> none  act
  hide_view(view_name: str) -> none  act
  is_view_visible(identifier: str, main_window_only: bool = true) -> bool  read
  scroll_view(direction: int, view_name: str, modifier_pressed: bool) -> none  act
  show_view(view: str) -> none  act
  toggle_browse() -> none  act
  zoom_view(direction: int, view_name: str, modifier_pressed: bool) -> none  act

class Browser
  filter_type                      int                      observed  [-1..7]              write untracked
  hotswap_target                   ref:Device               observed                       write untracked
  load_item(item: obj:BrowserItem) -> none  edit creates=Device,Clip,Track changes=~aimed
  preview_item(item: obj:BrowserItem) -> none  act plays
  relation_to_hotswap_target(item: obj:BrowserItem) -> json  read
  stop_preview() -> none  act plays
  list_items(path: str, offset: int = 0, limit: int = 50) -> json  read ours
  preview(path: str) -> none  act ours plays
  load(path: str, target: obj = null, place: str = "", file_path: str = null) -> json  edit ours creates=Device,Clip,Track overwrites=~displaced changes=~aimed
"""
