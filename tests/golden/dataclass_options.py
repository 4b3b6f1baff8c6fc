from dataclasses import dataclass, field

@dataclass(order=True)
class Item:
    price: float
    name: str = field(compare=False)
    tags: list[str] = field(default_factory=lambda: ["new"])
    total: float = field(init=False)

    def __post_init__(self):
        self.total = self.price * 1.2

@dataclass(frozen=True)
class Key:
    code: int

a, b = Item(5, "a"), Item(4, "b", [])
print(a > b, max(a, b).name)
k = Key(1)
try:
    k.code = 2
except AttributeError as e:
    print(type(e).__name__)
print({k: "v"}[Key(1)])
