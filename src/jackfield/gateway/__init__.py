"""The door for programs: turns bytes into calls and replies into bytes; knows wire formats, knows no product."""
