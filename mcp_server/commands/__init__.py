"""The commands of `setmirror`, a module each; `cli` names them."""
