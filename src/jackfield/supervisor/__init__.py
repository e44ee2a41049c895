"""What keeps Jackfield running: the data folder, the processes, and how they find each other again."""
