"""What a Remote Script on the old framework needs of it to run, written anew; used only where headless Live
has none."""
