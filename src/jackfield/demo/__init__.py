"""The main job, shown on a real Jackfield by real clients. One file a system."""
