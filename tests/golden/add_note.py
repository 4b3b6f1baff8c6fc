class AppError(Exception):
    """Base of the program's errors."""

class MissingError(AppError):
    def __init__(self, key, where="menu"):
        super().__init__(key)
        self.where = where

    def __str__(self):
        return f"no {self.args[0]} in {self.where}"

try:
    raise MissingError("tea")
except AppError as e:
    e.add_note("try coffee")
    print(e, e.__notes__)
raise MissingError("milk", where="shop")
