"""A folder or zip of Python files as one program: what an entry expression can reach, flattened."""

from cwm_lab.worldmodel.repository.assembling import RepositoryProgram, repository_program

__all__ = ["RepositoryProgram", "repository_program"]
