"""The commands of `setmirror`, one module for each; `cli` lists them."""
