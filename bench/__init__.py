"""Jackfield side by side with others, on this machine, in one run: ``python -m bench``.

Figures of two machines, or of two minutes of a busy one, cannot be compared. So everything that is compared runs in
turn, round by round, in an order that rotates; a ratio is taken within each round, and its median is told with the
smallest and the largest. Nothing absolute is claimed but what a budget states in seconds or bytes.
"""
