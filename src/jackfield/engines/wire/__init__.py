"""Database clients of a page each, for our own questions to our own servers: no driver is needed to run Jackfield."""
