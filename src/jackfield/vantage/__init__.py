"""Places to dial from. Standard library only: the programs here also run under a Python that has nothing else."""
