"""What a Set holds before Live opens it: its description, made Sets, and the library of files."""
